import { setImmediate } from 'node:timers/promises'
import type { Client, OpenClient } from './client.js'
import type { Playing } from './play-server.js'

/** What is done with a client, and what is right to observe of it. */
export interface Situation {
  readonly name: string
  readonly conversation: 'plain' | 'stream'
  readonly playing: Omit<Playing, 'conversation'>
  run(client: OpenClient): Promise<unknown>
  /** How the call ends; where it is complete, all that the conversation expects is right. Undefined for no call at all. */
  readonly outcomes: readonly string[]
  readonly errorType?: string
}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const pieces: unknown[] = []
  for await (const piece of stream) pieces.push(piece)
  return pieces
}

const streamOf = async (client: OpenClient, signal?: AbortSignal): Promise<AsyncIterable<unknown>> => {
  if (client.stream === undefined) throw new Error('this client has no streams')
  return client.stream(signal)
}

const plain = (client: OpenClient): Promise<unknown> => client.plain()
const stream = async (client: OpenClient): Promise<unknown> => collect(await streamOf(client))

/** Reads one piece, then does something; the rest is read when the stream goes on. */
async function afterFirst(stream: AsyncIterable<unknown>, act: () => void): Promise<number> {
  let pieces = 0
  for await (const _ of stream) if (++pieces === 1) act()
  return pieces
}

/** How a call ends whose caller stops reading; some libraries read the rest all the same. */
const LEFT = ['abandoned', 'aborted', 'complete']

export const situations: readonly Situation[] = [
  { name: 'plain', conversation: 'plain', playing: {}, run: plain, outcomes: ['complete'] },
  { name: 'stream', conversation: 'stream', playing: {}, run: stream, outcomes: ['complete'] },
  { name: 'gzip', conversation: 'plain', playing: { encoding: 'gzip' }, run: plain, outcomes: ['complete'] },
  { name: 'br stream', conversation: 'stream', playing: { encoding: 'br' }, run: stream, outcomes: ['complete'] },
  {
    name: 'ten at once',
    conversation: 'plain',
    playing: {},
    run: (client) => Promise.all(Array.from({ length: 10 }, () => client.plain())),
    outcomes: ['complete'],
  },
  {
    name: 'break',
    conversation: 'stream',
    playing: { holdAfter: 4 },
    async run(client) {
      for await (const _ of await streamOf(client)) break
    },
    outcomes: LEFT,
  },
  {
    name: 'abort in a stream',
    conversation: 'stream',
    playing: { holdAfter: 4 },
    async run(client) {
      const controller = new AbortController()
      return afterFirst(await streamOf(client, controller.signal), () => controller.abort())
    },
    outcomes: LEFT,
  },
  {
    name: 'abort before',
    conversation: 'plain',
    playing: {},
    run: (client) => client.plain(AbortSignal.abort()),
    outcomes: [],
  },
  {
    name: '429 twice',
    conversation: 'plain',
    playing: { failures: { count: 2, status: 429 } },
    run: plain,
    outcomes: ['complete'],
    errorType: 'rate_limit',
  },
  {
    name: '500 always',
    conversation: 'plain',
    playing: { failures: { count: Number.POSITIVE_INFINITY, status: 500 } },
    run: plain,
    outcomes: ['failed'],
    errorType: 'server_error',
  },
  {
    name: 'wrong key',
    conversation: 'plain',
    playing: { failures: { count: Number.POSITIVE_INFINITY, status: 401 } },
    run: plain,
    outcomes: ['failed'],
    errorType: 'authentication',
  },
  {
    name: 'cut stream',
    conversation: 'stream',
    playing: { cutAfter: 2 },
    run: stream,
    outcomes: ['failed'],
    errorType: 'connection',
  },
  {
    name: 'not awaited',
    conversation: 'plain',
    playing: { failures: { count: Number.POSITIVE_INFINITY, status: 401 } },
    async run(client) {
      client.plain()
      await setImmediate()
    },
    outcomes: ['failed'],
    errorType: 'authentication',
  },
]

export const conversationOf = (client: Client, { conversation }: Situation): string | undefined =>
  conversation === 'plain' ? client.plain : client.stream
