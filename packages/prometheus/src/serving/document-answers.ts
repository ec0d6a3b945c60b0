import { utf8 } from '../writing/utf8.js'
import { compress, MIN_COMPRESSED_BYTES } from './compress.js'
import { type ContentCoding, negotiateCoding } from './negotiate.js'

/** A document that is served beside the pages. */
export interface ServedDocument {
  /**
   * Reads it for one request; a rejection becomes a response 500.
   * @param query the query of the address, without `?`
   */
  read(query: string): DocumentText | Promise<DocumentText>
}

export interface DocumentText {
  /** Default 200. */
  readonly status?: number
  readonly body: string
  /** By lower-case name, including `content-type`. */
  readonly headers: Readonly<Record<string, string>>
}

interface DocumentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: readonly Uint8Array[]
}

/** Reads a document and compresses it as its client requests. Rejects with the error of reading it. */
export async function answerDocument(
  document: ServedDocument,
  query: string,
  acceptEncoding: string | undefined,
  codings: readonly ContentCoding[],
): Promise<DocumentAnswer> {
  const { status = 200, body, headers } = await document.read(query)
  const bytes = utf8().encode(body)
  const coding = bytes.length < MIN_COMPRESSED_BYTES ? 'identity' : negotiateCoding(acceptEncoding, codings)
  if (coding === 'identity') return { status, headers, pieces: [bytes] }
  return { status, headers: { ...headers, 'content-encoding': coding }, pieces: await compress([bytes], coding) }
}
