import { writeToStderr } from '@quipu/store'

/** Advice about a failure, by a pattern of its message. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED|gRPC status 14/, 'Is a back end running there, and is the port right (4318 for HTTP, 4317 for gRPC)?'],
  [/ENOTFOUND|EAI_AGAIN/, 'Check the host name.'],
  [/certificate|\bCERT_|self-signed|SSL|TLS/i, 'Name its certificate authority in OTEL_EXPORTER_OTLP_CERTIFICATE.'],
  [/answered (?:401|403|407)\b|gRPC status (?:7|16)\b/, 'Check the headers: a key or token is missing or wrong.'],
  [/answered (?:3\d\d|404|405)\b|web page|switched protocols|gRPC status 12\b/, 'Check the URL and its path.'],
  [/answered (?:400|415|422)\b|gRPC status 3\b/, 'Check which protocol and temporality the back end accepts.'],
  [/answered (?:429|502|503|504)\b|no response|closed without|ECONNRESET|socket hang up/, 'It is tried again.'],
]

/** The origin of an endpoint, for messages: user, path and query may contain secrets. */
export function targetOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}

/**
 * Reports the first failure of an exporter on standard error, with advice; later failures are only counted.
 * @returns a function that never throws
 */
export function createFailureReport(what: string, url: URL): (error: Error) => void {
  let isReported = false
  return ({ message }) => {
    if (isReported) return
    isReported = true
    const advice = ADVICE.find(([pattern]) => pattern.test(message))?.[1]
    const sentences = [
      `quipu: the export of ${what} to ${targetOf(url)} failed: ${message}.`,
      ...(advice === undefined ? [] : [advice]),
      'Further failures are only counted, in quipu_exports_total.',
    ]
    writeToStderr(sentences.join(' '))
  }
}
