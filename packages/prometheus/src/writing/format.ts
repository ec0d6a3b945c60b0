import type { EscapingScheme } from '../families/escaping.js'
import type { TextDialect } from './text-style.js'

/** A representation of a page. */
export interface PageFormat {
  readonly language: TextDialect | 'protobuf'
  readonly contentType: string
  /** How to write names. Default `underscores`. */
  readonly escaping?: EscapingScheme
}

/** A format of the table. */
export interface KnownFormat extends PageFormat {
  /** Whether its version allows names in quotes, `{"http.requests"} 1`. */
  readonly quotesNames: boolean
}

const text = (version: string): KnownFormat => ({
  language: 'text',
  quotesNames: version === '1.0.0',
  contentType: `text/plain; version=${version}; charset=utf-8`,
})
const openMetrics = (version: string): KnownFormat => ({
  language: 'openmetrics',
  quotesNames: version === '1.0.0',
  contentType: `application/openmetrics-text; version=${version}; charset=utf-8`,
})

const PROTOBUF = 'application/vnd.google.protobuf'
/** The message type that Prometheus requests. */
const PROTO = 'io.prometheus.client.MetricFamily'

/** The format for a client that requests none, or an unknown one. */
export const defaultFormat: KnownFormat = text('0.0.4')

/** All formats by media type and version. The first of a media type is served when a client names no version. */
export const formats = {
  'text/plain': { '0.0.4': defaultFormat, '1.0.0': text('1.0.0') },
  [PROTOBUF]: {
    '': { language: 'protobuf', quotesNames: true, contentType: `${PROTOBUF}; proto=${PROTO}; encoding=delimited` },
  },
  'application/openmetrics-text': { '1.0.0': openMetrics('1.0.0'), '0.0.1': openMetrics('0.0.1') },
} as const satisfies { readonly [mediaType: string]: { readonly [version: string]: KnownFormat } }

/** Returns whether a client's parameters accept the protobuf message that is written here. */
export function isOurProtobuf(parameters: ReadonlyMap<string, string>): boolean {
  return (parameters.get('proto') ?? PROTO) === PROTO && (parameters.get('encoding') ?? 'delimited') === 'delimited'
}
