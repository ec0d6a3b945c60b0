import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
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

/** A received request, without parts that differ between runs. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: string
}

export interface PlayServer {
  readonly url: string
  play(playing: Playing): void
  /** The requests since the last `play`. */
  readonly requests: readonly SeenRequest[]
  /** Whether a client disconnected before its response was complete, since the last `play`. */
  readonly hasLeft: boolean
  /** Resolves when the first request since the last `play` has arrived. */
  requested(): Promise<void>
  /** Resolves when every connection of the last `play` is idle or closed. */
  settled(): Promise<void>
  close(): void
}

/** Maximum wait: some libraries continue to read a response that their caller has left. */
const HOLD_MS = 200

const encoders = { gzip: gzipSync, br: brotliCompressSync } as const

/** Starts a loopback server that plays one conversation at a time, byte for byte. */
export async function startPlayServer(): Promise<PlayServer> {
  let playing: Playing | undefined
  let requests: SeenRequest[] = []
  let open = 0
  let hasLeft = false
  let onIdle: (() => void) | undefined
  let onRequest: (() => void) | undefined
  const server = createServer((request, response) => {
    open++
    response.on('close', () => {
      open--
      if (!response.writableFinished) hasLeft = true
      if (open === 0) onIdle?.()
    })
    void readBody(request).then((body) => {
      requests.push({ ...seenRequest(request), body: createHash('sha256').update(body).digest('hex') })
      onRequest?.()
      if (playing !== undefined) void answer(response, playing, requests.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play(next) {
      playing = next
      requests = []
      hasLeft = false
    },
    get hasLeft() {
      return hasLeft
    },
    get requests() {
      return requests
    },
    requested: () =>
      requests.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            onRequest = resolve
          }),
    settled: () =>
      open === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            onIdle = resolve
          }),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

function seenRequest({ method = '', url = '', rawHeaders }: IncomingMessage): Omit<SeenRequest, 'body'> {
  const headers = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
  return { method, path: url, headers }
}

async function answer(response: ServerResponse, playing: Playing, attempt: number): Promise<void> {
  const { conversation, encoding, failures, holdAfter } = playing
  if (failures !== undefined && attempt <= failures.count) {
    response.writeHead(failures.status, {
      'content-type': 'application/json',
      'retry-after-ms': '1',
      'retry-after': '0',
    })
    response.end(JSON.stringify({ error: { message: 'planted-prompt', type: 'failure', code: 'failure' } }))
    return
  }
  if (holdAfter === 0 && (await isLeft(response))) return
  const { status, headers } = conversation.response
  response.writeHead(status, { ...headers, ...(encoding !== undefined && { 'content-encoding': encoding }) })
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

async function send(response: ServerResponse, pieces: readonly Uint8Array[], playing: Playing): Promise<void> {
  const { cutAfter, holdAfter = 0 } = playing
  if (cutAfter !== undefined) {
    const next = pieces[cutAfter]
    await sendPieces(response, [...pieces.slice(0, cutAfter), ...(next ? [next.subarray(0, next.length / 2)] : [])])
    response.destroy()
    return
  }
  await sendPieces(response, pieces.slice(0, holdAfter))
  if (holdAfter > 0 && (await isLeft(response))) return
  await sendPieces(response, pieces.slice(holdAfter))
  response.end()
}

/** Waits until the client disconnects; returns false if it stays. */
async function isLeft(response: ServerResponse): Promise<boolean> {
  await Promise.race([once(response, 'close'), setTimeout(HOLD_MS)])
  return response.destroyed
}

/** Flushes each piece separately, so that clients receive separate chunks. */
async function sendPieces(response: ServerResponse, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => response.write(piece, () => resolve()))
    await setImmediate()
  }
}
