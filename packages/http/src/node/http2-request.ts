import type { Http2Stream, IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { isPage } from '../pages.js'
import { forgetLatestRequest, rememberLatestRequest } from '../requests/latest-request.js'
import { OpenRequest } from '../requests/open-request.js'
import { sharedRequests } from '../requests/request-registry.js'
import { methodNumber, versionNumber } from '../requests/request-shape.js'

const HTTP_2 = versionNumber('2')
const NO_ERROR = 0
const INTERNAL_ERROR = 2

/**
 * Opens a request of HTTP/2, which ends when its stream closes.
 * @returns undefined for a request for the pages, which is not counted, and for a closed stream
 */
export function beginHttp2Request(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): OpenRequest | undefined {
  const url = headers[':path']
  if (isPage(url) || stream.closed) return undefined
  const isEncrypted = headers[':scheme'] === 'https'
  const open = new OpenRequest(methodNumber(headers[':method']), HTTP_2, isEncrypted)
  sharedRequests().open.set(stream, open)
  rememberLatestRequest(stream, url, open)
  const written = countWrittenBytes(stream)
  const requestBytes = bytesOf(headers['content-length'], stream.endAfterHeaders ? 0 : -1)
  const method = headers[':method']
  stream.once('close', () => {
    try {
      end(stream, open, { requestBytes, responseBytes: written(), method })
    } catch {
      // A request that cannot be read is not recorded.
    }
  })
  return open
}

/** Streams of clients have odd numbers; the server pushes those with even numbers. */
export function isOfClient({ id = 0 }: Http2Stream): boolean {
  return id % 2 === 1
}

interface Known {
  readonly requestBytes: number
  readonly responseBytes: number
  readonly method: string | undefined
}

function end(stream: ServerHttp2Stream, open: OpenRequest, { requestBytes, responseBytes, method }: Known): void {
  forgetLatestRequest(open)
  const sent: OutgoingHttpHeaders = stream.sentHeaders ?? {}
  const status = Number(sent[':status'] ?? 0)
  // `writableFinished` is false for many complete responses: Node destroys the stream when the last frame is on its way.
  const isComplete = status > 0 && stream.rstCode === NO_ERROR && stream.writableEnded && !stream.aborted
  open.route ??= open.framework?.route(stream)
  if (!isComplete && (stream.errored !== null || stream.rstCode === INTERNAL_ERROR)) open.hasFailed = true
  open.end({
    status,
    isComplete,
    requestBytes,
    responseBytes: method === 'HEAD' ? 0 : bytesOf(sent['content-length'], responseBytes),
    isStream: method === 'CONNECT' || String(sent['content-type'] ?? '').startsWith('text/event-stream'),
  })
}

function bytesOf(header: unknown, otherwise: number): number {
  const length = header === undefined ? Number.NaN : Number(header)
  return Number.isFinite(length) ? length : otherwise
}

type Write = (chunk: Buffer | string, encoding: BufferEncoding, done: () => void) => void
type WriteAll = (chunks: readonly { chunk: Buffer | string; encoding: BufferEncoding }[], done: () => void) => void

/**
 * Counts the bytes of a response without a declared length: a stream of HTTP/2 has no counter, and its connection
 * carries other streams too. Written data is not changed.
 */
function countWrittenBytes(stream: ServerHttp2Stream): () => number {
  let bytes = 0
  const { _write: write, _writev: writeAll } = stream as unknown as { _write: Write; _writev: WriteAll }
  const counting: { _write: Write; _writev: WriteAll } = {
    _write(chunk, encoding, done) {
      bytes += Buffer.byteLength(chunk, encoding)
      Reflect.apply(write, stream, [chunk, encoding, done])
    },
    _writev(chunks, done) {
      for (const { chunk, encoding } of chunks) bytes += Buffer.byteLength(chunk, encoding)
      Reflect.apply(writeAll, stream, [chunks, done])
    },
  }
  Object.assign(stream, counting)
  return () => bytes
}
