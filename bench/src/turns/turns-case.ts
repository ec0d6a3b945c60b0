import type { WatchedTurns } from './turn-watch.js'

/** The `Accept` header of a scraper for each format. */
export const accepts = {
  'text 0.0.4': 'text/plain;version=0.0.4',
  'text 1.0.0': 'text/plain;version=1.0.0;escaping=allow-utf-8',
  OpenMetrics: 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8',
  protobuf: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
} as const
export const kinds = ['counter', 'histogram'] as const
export const codings = ['identity', 'gzip', 'zstd'] as const

export interface TurnsCase {
  readonly kind: (typeof kinds)[number]
  readonly format: keyof typeof accepts
  readonly coding: (typeof codings)[number]
  readonly series: number
  readonly scrapes: number
}

/** The measurements of one process. */
export interface TurnsRun {
  /** Version of Node. */
  readonly node: string
  readonly bytes: number
  readonly maxRssMiB: number
  /** The first two scrapes, before the code is warm. */
  readonly first: readonly WatchedTurns[]
  readonly scrapes: readonly WatchedTurns[]
}
