import type { EscapingScheme } from '../families/escaping.js'
import type { TextDialect } from './text-style.js'

/** A representation of a page that a client can ask for. */
export interface PageFormat {
  readonly language: TextDialect | 'protobuf'
  readonly contentType: string
  /** How names are written; `underscores` when it is absent. */
  readonly escaping?: EscapingScheme
}

/** A format as it is negotiated. */
export interface KnownFormat extends PageFormat {
  /** Whether its version has names in quotes, `{"http.requests"} 1`. */
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
/** The message and framing that Prometheus asks for; there is no other. */
const PROTO = 'io.prometheus.client.MetricFamily'

/** What is served when a client does not say, or asks for what there is not. */
export const defaultFormat: KnownFormat = text('0.0.4')

/** Every format there is, by media type and version; the first of a media type is served when no version is named. */
export const formats = {
  'text/plain': { '0.0.4': defaultFormat, '1.0.0': text('1.0.0') },
  [PROTOBUF]: {
    '': { language: 'protobuf', quotesNames: true, contentType: `${PROTOBUF}; proto=${PROTO}; encoding=delimited` },
  },
  'application/openmetrics-text': { '1.0.0': openMetrics('1.0.0'), '0.0.1': openMetrics('0.0.1') },
} as const satisfies { readonly [mediaType: string]: { readonly [version: string]: KnownFormat } }

/** Whether a client's parameters ask for the protobuf that we write, or leave the choice to us. */
export function isOurProtobuf(parameters: ReadonlyMap<string, string>): boolean {
  return (parameters.get('proto') ?? PROTO) === PROTO && (parameters.get('encoding') ?? 'delimited') === 'delimited'
}
