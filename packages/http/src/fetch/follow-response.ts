import type { Recorder } from '@quipu/core'
import type { RequestEnd } from '../requests/observed-request.js'
import { OpenRequest } from '../requests/open-request.js'
import { openRequestOf, recordingOf, sharedRequests } from '../requests/request-registry.js'
import { methodNumber } from '../requests/request-shape.js'

/** Opens a request of a fetch handler for a recorder, or adds the recorder to the open request. */
export function beginFetchRequest(request: Request, recorder: Recorder): OpenRequest {
  const known = openRequestOf(request)
  // A request object may be handled again.
  const open = known?.hasEnded === false ? known : openFetchRequest(request)
  open.observe(recordingOf(recorder))
  return open
}

/** Opens a request of a fetch handler. */
export function openFetchRequest(request: Request): OpenRequest {
  const open = new OpenRequest(methodNumber(request.method), 0, request.url.startsWith('https:'))
  open.request = request
  sharedRequests().open.set(request, open)
  return open
}

/**
 * Ends a request with its response: immediately without a body or with one that is in memory, otherwise when the body was read
 * to its end or its reader left. A body that is in memory stays there, so that the runtime declares its length.
 * @returns the response to send; never rejects
 */
export async function followResponse(response: Response, open: OpenRequest): Promise<Response> {
  // The server's own observer follows its response.
  if (open.isFollowed) return response
  try {
    return await follow(response, open)
  } catch {
    // A response that was read before cannot be followed, nor sent.
    return response
  }
}

async function follow(response: Response, open: OpenRequest): Promise<Response> {
  const { status, headers } = response
  const declared = headers.get('content-length')
  const type = headers.get('content-type')
  const isStream = type?.startsWith('text/event-stream') === true
  const finish = (responseBytes: number, isComplete = true): void =>
    endFetchRequest(open, {
      status,
      responseBytes: declared === null ? responseBytes : Number(declared),
      isComplete,
      isStream,
    })
  // Bun keeps the type of a text apart from the headers: a response made of its body would be sent without it.
  if (type === null && 'Bun' in globalThis) {
    finish(-1)
    return response
  }
  const { body } = response
  if (body === null) {
    finish(0)
    return response
  }
  const reader = body.getReader()
  const first = reader.read()
  const second = first.then((one) => (one.done ? one : reader.read()))
  const whole = await inMemory(first, second)
  if (whole !== undefined) {
    finish(whole.byteLength)
    return new Response(whole, response)
  }
  return new Response(followStream(reader, [first, second], open, finish), response)
}

type Chunk = ReadableStreamReadResult<Uint8Array<ArrayBuffer>>

/** Turns of promises after which a body that is in memory has been read. */
const TURNS = 16

/** Returns a body that is in memory, given its first two reads; undefined for a stream. */
async function inMemory(first: Promise<Chunk>, second: Promise<Chunk>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let whole: Uint8Array<ArrayBuffer> | undefined
  Promise.all([first, second]).then(
    ([{ value }, { done }]) => {
      if (done) whole = value ?? new Uint8Array()
    },
    () => undefined,
  )
  for (let i = 0; i < TURNS && whole === undefined; i++) await undefined
  return whole
}

/** Returns a stream of the same chunks, which is not read ahead of its reader beyond the chunks that were read before. */
function followStream(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  ahead: Promise<Chunk>[],
  open: OpenRequest,
  finish: (responseBytes: number, isComplete?: boolean) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let bytes = 0
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await (ahead.shift() ?? reader.read())
        if (done) {
          finish(bytes)
          controller.close()
          return
        }
        bytes += value.byteLength
        controller.enqueue(value)
      } catch (error) {
        open.fail(error)
        finish(bytes, false)
        controller.error(error)
      }
    },
    cancel(reason) {
      finish(bytes, false)
      return reader.cancel(reason)
    },
  })
}

/** What a response says of the end of its request. */
type ResponseEnd = Omit<RequestEnd, 'requestBytes' | 'isStream'> & { readonly isStream?: boolean }

/** Ends a request whose handler has failed. */
export function failFetchRequest(open: OpenRequest): void {
  if (!open.isFollowed) endFetchRequest(open, { status: 500, responseBytes: 0, isComplete: true })
}

/** Ends a request of a fetch handler. */
export function endFetchRequest(open: OpenRequest, { isStream = false, ...response }: ResponseEnd): void {
  const { request } = open
  if (request !== undefined) open.route ??= open.framework?.route(request)
  const declared = request?.headers.get('content-length')
  const requestBytes = declared == null ? (request?.body == null ? 0 : -1) : Number(declared)
  open.end({ ...response, requestBytes, isStream })
}
