import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { type Conversation, responsePieces } from '../../packages/llm/fixtures/conversations.js'

/** How a conversation's answer is sent. */
export interface Playing {
  readonly conversation: Conversation
  readonly encoding?: 'gzip' | 'br'
  /** So many requests are answered with this status before the answer is sent; Infinity for all of them. */
  readonly failures?: { readonly count: number; readonly status: number }
  /** The connection is cut after so many pieces, and half of the next. */
  readonly cutAfter?: number
  /** After so many pieces nothing comes until the client goes away, or a while has passed. Before the first: no headers either. */
  readonly holdAfter?: number
  /** After so many pieces comes text that is of no protocol, and the end. */
  readonly garbageAt?: number
  /** The answer says nothing of tokens. */
  readonly withoutUsage?: boolean
}

/** A request as the server got it, without what differs from one run to the next. */
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
  /** Whether a client went away before its answer was complete, since the last `play`. */
  readonly hasLeft: boolean
  /** Resolves when the first request since the last `play` has arrived. */
  requested(): Promise<void>
  /** Resolves when every connection of the last `play` is idle or closed. */
  settled(): Promise<void>
  close(): void
}

/** Some libraries go on reading what their caller has left. */
const HOLD_MS = 200

const encoders = { gzip: gzipSync, br: brotliCompressSync } as const

/** Starts a server on loopback that plays one conversation at a time, exactly. */
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

/** A conversation in whose answer no member says anything of tokens. */
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

/** Waits for the client to go away; false when it stays. */
async function isLeft(response: ServerResponse): Promise<boolean> {
  await Promise.race([once(response, 'close'), setTimeout(HOLD_MS)])
  return response.destroyed
}

/** Each piece is flushed by itself, so that clients get them apart. */
async function sendPieces(response: ServerResponse, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => response.write(piece, () => resolve()))
    await setImmediate()
  }
}
