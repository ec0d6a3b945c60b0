import { diag } from '@quipu/store'

/** What to do about a failure, by what its message has. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED|gRPC status 14/, 'Is a back end running there, and is the port right (4318 for HTTP, 4317 for gRPC)?'],
  [/ENOTFOUND|EAI_AGAIN/, 'Check the host name.'],
  [/certificate|\bCERT_|self-signed|SSL|TLS/i, 'Name its certificate authority in OTEL_EXPORTER_OTLP_CERTIFICATE.'],
  [/answered (?:401|403|407)\b|gRPC status (?:7|16)\b/, 'Check the headers: a key or token is missing or wrong.'],
  [/answered (?:3\d\d|404|405)\b|web page|switched protocols|gRPC status 12\b/, 'Check the URL and its path.'],
  [/answered (?:400|415|422)\b|gRPC status 3\b/, 'Check which protocol and temporality the back end accepts.'],
  [/answered (?:429|502|503|504)\b|no answer|closed without|ECONNRESET|socket hang up/, 'It is tried again.'],
]

/** Where an endpoint sends, for messages: no user, path or query, which may hold secrets. */
export function targetOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}

/**
 * Reports the first failure of an exporter on standard error, with what to do about it; the others are counted only.
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
    warn(sentences.join(' '))
  }
}

/** Writes a line for the operator. `console` swallows the errors of a standard error that is closed. */
export function warn(line: string): void {
  try {
    console.error(line)
  } catch {
    diag.error(line)
  }
}
