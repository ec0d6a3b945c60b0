import { connect } from 'node:net'
import { type Finding, note, ok, problem } from './finding.js'

type Environment = { readonly [name: string]: string | undefined }

const CONNECT_MS = 3000

/** Checks the variables of this library, and whether the endpoint in them can be reached. */
export async function checkEnvironment(env: Environment): Promise<readonly Finding[]> {
  const names = Object.keys(env)
    .filter((name) => /^(?:OTEL|QUIPU)_/.test(name) || name === 'FEATURE_METRICS_LOGGING_ENABLED')
    .sort()
  // Names only, because values can be keys.
  const found = names.length === 0 ? [] : [ok(`set: ${names.join(', ')}`)]
  const isDisabled = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true'
  const disabled = isDisabled ? [note('OTEL_SDK_DISABLED is true: nothing is exported', 'unset it')] : []
  const endpoint = env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT
  return [...found, ...disabled, ...(endpoint === undefined ? [] : [await checkEndpoint(endpoint)])]
}

async function checkEndpoint(endpoint: string): Promise<Finding> {
  if (!URL.canParse(endpoint))
    return problem('the OTLP endpoint is not a URL', 'write http://host:4318 or https://host')
  const { hostname, port, protocol } = new URL(endpoint)
  const number = Number(port) || (protocol === 'https:' ? 443 : 80)
  const place = `the OTLP endpoint ${hostname}:${number}`
  const error = await tryConnect(hostname.replace(/^\[|\]$/g, ''), number)
  return error === undefined
    ? ok(`${place} accepts connections`)
    : problem(`${place} cannot be reached: ${error}`, 'start the receiver there, or change OTEL_EXPORTER_OTLP_ENDPOINT')
}

function tryConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS })
    const end = (error: string | undefined): void => {
      socket.destroy()
      resolve(error)
    }
    socket.once('connect', () => end(undefined))
    socket.once('timeout', () => end(`no answer in ${CONNECT_MS} ms`))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
