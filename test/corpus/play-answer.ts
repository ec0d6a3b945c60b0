import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { type Conversation, responsePieces } from '../../packages/wire/fixtures/conversations.js'

/** Variations of a conversation's response. */
export interface Playing {
  readonly conversation: Conversation
  readonly encoding?: 'gzip' | 'br'
  /** Number of requests that get this status before the response is sent; Infinity for all. */
  readonly failures?: { readonly count: number; readonly status: number }
  /** The connection is closed after this number of pieces and half of the next. */
  readonly cutAfter?: number
  /** After this number of pieces nothing is sent until the client disconnects or a time has passed. With 0, no headers either. */
  readonly holdAfter?: number
  /** After this number of pieces, invalid text is sent, and the response ends. */
  readonly garbageAt?: number
  /** The response contains no token usage. */
  readonly withoutUsage?: boolean
}

/** A response of either version of HTTP. */
export type Answer = ServerResponse | Http2ServerResponse

/** Maximum wait: some libraries continue to read a response that their caller has left. */
const HOLD_MS = 200

const encoders = { gzip: gzipSync, br: brotliCompressSync } as const

/** Sends the response to a request; `attempt` counts the requests, from 1. */
export async function sendAnswer(response: Answer, playing: Playing, attempt: number): Promise<void> {
  const { conversation, encoding, failures, holdAfter } = playing
  if (failures !== undefined && attempt <= failures.count) {
    writeHead(response, failures.status, {
      'content-type': 'application/json',
      'retry-after-ms': '1',
      'retry-after': '0',
    })
    response.end(JSON.stringify({ error: { message: 'planted-prompt', type: 'failure', code: 'failure' } }))
    return
  }
  if (holdAfter === 0 && (await isLeft(response))) return
  const { status, headers } = conversation.response
  writeHead(response, status, { ...headers, ...(encoding !== undefined && { 'content-encoding': encoding }) })
  const pieces = piecesOf(playing)
  await send(response, encoding === undefined ? pieces : [encoders[encoding](Buffer.concat(pieces))], playing)
}

function piecesOf({ conversation, garbageAt, withoutUsage }: Playing): readonly Uint8Array[] {
  const pieces = responsePieces(withoutUsage ? withoutUsageIn(conversation) : conversation)
  return garbageAt === undefined ? pieces : [...pieces.slice(0, garbageAt), Buffer.from('data: {"planted-prompt\n\n')]
}

/** Removes all token usage from a conversation's response. */
function withoutUsageIn(conversation: Conversation): Conversation {
  const isUsage = (name: string): boolean => /^(?:usage|usageMetadata|x_groq|(?:prompt_)?eval_count)$/.test(name)
  const response = JSON.parse(JSON.stringify(conversation.response), (name, value) =>
    isUsage(name) ? undefined : value,
  )
  return { ...conversation, response }
}

async function send(response: Answer, pieces: readonly Uint8Array[], playing: Playing): Promise<void> {
  const { cutAfter, holdAfter = 0 } = playing
  if (cutAfter !== undefined) {
    const next = pieces[cutAfter]
    await sendPieces(response, [...pieces.slice(0, cutAfter), ...(next ? [next.subarray(0, next.length / 2)] : [])])
    cut(response, cutAfter)
    return
  }
  await sendPieces(response, pieces.slice(0, holdAfter))
  if (holdAfter > 0 && (await isLeft(response))) return
  await sendPieces(response, pieces.slice(holdAfter))
  response.end()
}

/** Waits until the client disconnects; returns false if it stays. */
async function isLeft(response: Answer): Promise<boolean> {
  await Promise.race([once(response, 'close'), setTimeout(HOLD_MS)])
  return isGone(response)
}

/** Flushes each piece separately, so that clients receive separate chunks. */
async function sendPieces(response: Answer, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => response.write(piece, () => resolve()))
    await setImmediate()
  }
}

// TypeScript does not call a method of a union whose variants are overloaded.
function writeHead(response: Answer, status: number, headers: { readonly [name: string]: string }): void {
  if ('stream' in response) response.writeHead(status, headers)
  else response.writeHead(status, headers)
}

function isGone(response: Answer): boolean {
  return 'stream' in response ? response.stream.destroyed : response.destroyed
}

/** Over HTTP/2, a response without a whole piece is cut by a reset of its stream, and any other by the end of the connection. */
function cut(response: Answer, piecesSent: number): void {
  if (!('stream' in response)) response.destroy()
  else if (piecesSent === 0) response.stream.destroy(new Error('cut'))
  else response.stream.session?.destroy()
}
