import { QuipuError } from '@quipu/catalog/builtin'
import type { OtlpEndpoint } from '@quipu/otlp'
import { variable, warnIgnored } from './environment.js'

export type Signal = 'METRICS' | 'LOGS'

type Protocol = OtlpEndpoint['protocol']

const paths = { METRICS: 'v1/metrics', LOGS: 'v1/logs' } as const

/**
 * Returns the URL of one signal: from code, otherwise from the signal's own variable, otherwise from that of all
 * signals.
 */
export function endpointUrl(signal: Signal, given: string | undefined, protocol: Protocol, isInsecure: boolean): URL {
  if (given !== undefined) return urlFromCode(signal, given, protocol, isInsecure)
  const found = endpointFromEnvironment(signal, protocol, isInsecure)
  // With gRPC the request names the service, so the address suffices.
  if (protocol === 'grpc') return found?.url ?? new URL('http://localhost:4317')
  if (found === undefined) return new URL(`http://localhost:4318/${paths[signal]}`)
  // OTLP exporter specification: a signal's own endpoint is used unchanged, the general one gets the signal's path.
  if (found.isOwn) return found.url
  return new URL(`${found.url.pathname.replace(/\/$/, '')}/${paths[signal]}`, found.url)
}

function urlFromCode(signal: Signal, given: string, protocol: Protocol, isInsecure: boolean): URL {
  const url = toUrl(given, protocol, isInsecure)
  if (url === undefined) {
    throw new QuipuError('QUIPU_CONFIG_INVALID', {
      what: `The option otlp.url of start() must be a URL of http or https for the protocol ${protocol}.`,
      got: `a text of ${given.length} characters`,
      fix: "write otlp: { url: 'http://localhost:4318' }",
    })
  }
  if (protocol === 'grpc') return url
  // A base URL gets the signal's path. A URL with a path is complete, because most back ends have their own path.
  return url.pathname === '/' ? new URL(`/${paths[signal]}${url.search}`, url) : url
}

interface FoundEndpoint {
  readonly url: URL
  /** Whether the variable is for this signal only. */
  readonly isOwn: boolean
}

/** Returns the first variable with a valid address. Invalid ones are reported and ignored. */
export function endpointFromEnvironment(
  signal: Signal,
  protocol: Protocol,
  isInsecure: boolean,
): FoundEndpoint | undefined {
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const value = variable(name)
    if (value === undefined) continue
    const url = toUrl(value, protocol, isInsecure)
    if (url !== undefined) return { url, isOwn: name.includes(signal) }
    const form = protocol === 'grpc' ? 'an address such as collector:4317' : 'a URL such as http://collector:4318'
    warnIgnored(name, `must be ${form}`)
  }
  return undefined
}

/** gRPC also accepts `host:port` and `dns:///host:port`, which are encrypted unless the environment disables that. */
function toUrl(text: string, protocol: Protocol, isInsecure: boolean): URL | undefined {
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? new URL(text) : undefined
  const address = /^(?:dns:\/\/[^/]*\/|dns:)?((?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?)$/i.exec(text)?.[1]
  if (protocol !== 'grpc' || address === undefined) return undefined
  const url = `${isInsecure ? 'http' : 'https'}://${/:\d+$/.test(address) ? address : `${address}:4317`}`
  return URL.canParse(url) ? new URL(url) : undefined
}
