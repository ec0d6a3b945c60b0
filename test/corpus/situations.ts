import type { Conversation } from '../../packages/wire/fixtures/conversations.js'
import type { Client, OpenClient } from './client.js'
import type { Playing } from './play-answer.js'
import type { PlayServer } from './play-server.js'
import { specialConversations } from './special-conversations.js'

/** An action with a client, and the correct observation of it. */
export interface Situation {
  readonly name: string
  readonly conversation: 'plain' | 'stream' | keyof (typeof specialConversations)[string]
  readonly playing: Omit<Playing, 'conversation'>
  run(client: OpenClient, server: Pick<PlayServer, 'requested'>): Promise<unknown>
  /** End of the call; for `complete`, the conversation has all expected values. Undefined if every end is right. */
  readonly outcomes: readonly string[]
  /** Error type of a failure; default that of the conversation. */
  readonly errorType?: string
}

/** Thrown by a situation that a client does not support. */
export class NotOffered extends Error {}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const pieces: unknown[] = []
  for await (const piece of stream) pieces.push(piece)
  return pieces
}

const streamOf = async (client: OpenClient, signal?: AbortSignal): Promise<AsyncIterable<unknown>> => {
  if (client.stream === undefined) throw new NotOffered()
  return client.stream(signal)
}

const plain = (client: OpenClient): Promise<unknown> => client.plain()
const stream = async (client: OpenClient): Promise<unknown> => collect(await streamOf(client))

/** Reads one piece, then performs an action, then reads the rest if the stream continues. */
async function afterFirst(stream: AsyncIterable<unknown>, act: () => void): Promise<number> {
  let pieces = 0
  for await (const _ of stream) if (++pieces === 1) act()
  return pieces
}

async function bothBranches(client: OpenClient): Promise<unknown> {
  const whole = (await streamOf(client)) as AsyncIterable<unknown> & { tee?(): readonly AsyncIterable<unknown>[] }
  if (whole.tee === undefined) throw new NotOffered()
  return Promise.all(whole.tee().map(collect))
}

async function rawAnswer(client: OpenClient): Promise<unknown> {
  if (client.raw === undefined) throw new NotOffered()
  const { status, body } = await client.raw()
  return { status, text: Buffer.concat((await collect(body ?? new ReadableStream())) as Uint8Array[]).toString() }
}

/** End of a call whose caller stops reading; some libraries read the rest anyway. */
const LEFT = ['abandoned', 'aborted', 'complete']
const ALWAYS = Number.POSITIVE_INFINITY

export const situations: readonly Situation[] = [
  { name: 'plain', conversation: 'plain', playing: {}, run: plain, outcomes: ['complete'] },
  { name: 'stream', conversation: 'stream', playing: {}, run: stream, outcomes: ['complete'] },
  { name: 'tools', conversation: 'tools', playing: {}, run: plain, outcomes: ['complete'] },
  { name: 'gzip', conversation: 'plain', playing: { encoding: 'gzip' }, run: plain, outcomes: ['complete'] },
  { name: 'br stream', conversation: 'stream', playing: { encoding: 'br' }, run: stream, outcomes: ['complete'] },
  { name: 'tee', conversation: 'stream', playing: {}, run: bothBranches, outcomes: ['complete'] },
  { name: 'raw response', conversation: 'plain', playing: {}, run: rawAnswer, outcomes: ['complete'] },
  { name: 'no usage', conversation: 'plain', playing: { withoutUsage: true }, run: plain, outcomes: ['complete'] },
  { name: 'usage in odd places', conversation: 'oddUsage', playing: {}, run: stream, outcomes: ['complete'] },
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
    name: 'never read',
    conversation: 'stream',
    playing: { holdAfter: 4 },
    run: async (client) => typeof (await streamOf(client)),
    outcomes: [],
  },
  {
    name: 'not awaited',
    conversation: 'plain',
    playing: { failures: { count: ALWAYS, status: 401 } },
    async run(client, server) {
      client.plain()
      await server.requested()
    },
    outcomes: ['failed'],
    errorType: 'authentication',
  },
  {
    name: 'abort before',
    conversation: 'plain',
    playing: {},
    run: (client) => client.plain(AbortSignal.abort()),
    outcomes: [],
  },
  {
    name: 'abort while waiting',
    conversation: 'plain',
    playing: { holdAfter: 0 },
    async run(client, server) {
      const controller = new AbortController()
      const answer = client.plain(controller.signal)
      // Marked as handled, because the abort comes before the await.
      answer.catch(() => undefined)
      await server.requested()
      controller.abort()
      return answer
    },
    outcomes: ['failed'],
    errorType: 'cancelled',
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
    name: 'abort after',
    conversation: 'plain',
    playing: {},
    async run(client) {
      const controller = new AbortController()
      const answer = await client.plain(controller.signal)
      controller.abort()
      return answer
    },
    outcomes: ['complete'],
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
    playing: { failures: { count: ALWAYS, status: 500 } },
    run: plain,
    outcomes: ['failed'],
    errorType: 'server_error',
  },
  {
    name: '529 always',
    conversation: 'plain',
    playing: { failures: { count: ALWAYS, status: 529 } },
    run: plain,
    outcomes: ['failed'],
    errorType: 'overloaded',
  },
  {
    name: 'wrong key',
    conversation: 'plain',
    playing: { failures: { count: ALWAYS, status: 401 } },
    run: plain,
    outcomes: ['failed'],
    errorType: 'authentication',
  },
  {
    name: 'error in a 200',
    conversation: 'errorIn200',
    playing: {},
    run: plain,
    outcomes: ['failed'],
  },
  {
    name: 'error in a stream',
    conversation: 'errorInStream',
    playing: {},
    run: stream,
    outcomes: ['failed'],
  },
  {
    name: 'garbage',
    conversation: 'plain',
    playing: { garbageAt: 0 },
    run: plain,
    outcomes: ['failed'],
    errorType: 'invalid_response',
  },
  {
    name: 'garbage in a stream',
    conversation: 'stream',
    playing: { garbageAt: 2 },
    run: stream,
    outcomes: ['failed'],
    errorType: 'invalid_response',
  },
  {
    name: 'cut answer',
    conversation: 'plain',
    playing: { cutAfter: 0 },
    run: plain,
    outcomes: ['failed'],
    errorType: 'connection',
  },
  {
    name: 'cut stream',
    conversation: 'stream',
    playing: { cutAfter: 2 },
    run: stream,
    outcomes: ['failed'],
    errorType: 'connection',
  },
]

/** Name of the conversation to play; undefined if the client's protocol lacks it. */
export function conversationOf(client: Client, { conversation }: Situation): string | undefined {
  if (conversation === 'plain') return client.plain
  if (conversation === 'stream') return client.stream
  const protocol = client.plain.slice(0, client.plain.indexOf(':'))
  const title = specialConversations[protocol]?.[conversation]
  return title === undefined ? undefined : `${protocol}: ${title}`
}

/** Whether the situation uses a stream. */
export function isStreamed({ conversation }: Situation): boolean {
  return conversation === 'stream' || conversation === 'oddUsage' || conversation === 'errorInStream'
}

/** The correct observation of a conversation in a situation; model and streaming depend on the client. */
export function expectedOf(
  { playing }: Situation,
  { expected }: Conversation,
  asked: Conversation,
): Conversation['expected'] {
  const { usage, ...others } = expected
  return {
    ...others,
    streamed: asked.expected.streamed,
    ...(asked.expected.model !== undefined && { model: asked.expected.model }),
    ...(usage !== undefined && !playing.withoutUsage && { usage }),
  }
}
