import { cleanText } from '@quipu/store'

/** The part of a response about rejected points. */
export interface PartialSuccess {
  readonly errorMessage?: string | undefined
  /** A string in JSON, as in protobuf's mapping of 64-bit integers. */
  readonly rejectedDataPoints?: number | string | undefined
  readonly rejectedLogRecords?: number | string | undefined
}

interface ResponseReader {
  deserializeResponse(body: Uint8Array): { readonly partialSuccess?: PartialSuccess | undefined }
}

/** Returns the rejected part of a request that got a success response (OTLP specification, "Partial Success"). */
export function rejectionIn(
  serializer: ResponseReader,
  body: Uint8Array,
): { readonly count: number; readonly error: Error } | undefined {
  if (body.length === 0) return undefined
  try {
    const { partialSuccess } = serializer.deserializeResponse(body)
    const count = Number(partialSuccess?.rejectedDataPoints ?? partialSuccess?.rejectedLogRecords ?? 0)
    const message = partialSuccess?.errorMessage ?? ''
    if (!(count > 0)) return undefined
    return { count, error: new Error(`the back end rejected ${count} points: ${cleanText(message, 200)}`) }
  } catch {
    // Not an OTLP response. The status means that everything was accepted.
    return undefined
  }
}
