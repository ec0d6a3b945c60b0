import type { SpoolSettings } from './spool/spool.js'

/** How requests of one signal reach a back end. */
export interface OtlpEndpoint {
  readonly url: URL
  readonly headers: { readonly [name: string]: string }
  readonly protocol: 'http/json' | 'http/protobuf' | 'grpc'
  readonly compression: 'gzip' | 'none'
  /** Milliseconds for one export, retries included. */
  readonly timeoutMs: number
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer }
  /** Where batches wait on disk while the back end is unavailable. */
  readonly spool: SpoolSettings | undefined
}

/** How metrics are pushed. */
export interface OtlpMetricsConfiguration extends OtlpEndpoint {
  readonly temporality: 'cumulative' | 'delta' | 'lowmemory'
  readonly histograms: 'explicit' | 'exponential'
  readonly maxPointsPerRequest: number | undefined
}
