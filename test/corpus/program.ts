import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { observeModelCalls } from '@quipu/llm'
import { createTestRecorder } from '@quipu/testing'
import { type Conversation, readConversations } from '../../packages/llm/fixtures/conversations.js'
import { callCount, observedCall, retryCount } from '../../packages/llm/fixtures/observed-call.js'
import type { Client } from './client.js'
import { clients } from './clients.js'
import { judge } from './judge.js'
import { type PlayServer, type SeenRequest, startPlayServer } from './play-server.js'
import { conversationOf, type Situation, situations } from './situations.js'

/** What a run of a situation looks like from outside. */
interface Run {
  readonly result: string
  readonly unhandled: readonly string[]
  readonly requests: readonly SeenRequest[]
}

const unhandled: string[] = []
process.on('unhandledRejection', (reason) => unhandled.push(described(reason)))

const [clientName = '', folder = ''] = process.argv.slice(2)
const conversations = new Map(readConversations(pathToFileURL(folder)).map((each) => [each.name, each]))
const client = clients.find(({ name }) => name === clientName)
if (client === undefined) throw new Error(`There is no client ${clientName}`)
const server = await startPlayServer()
const cells: Record<string, string> = {}
for (const situation of situations) {
  if (client.endsProcess?.includes(situation.name)) continue
  cells[situation.name] = await check(client, situation, server)
}
server.close()
process.stdout.write(`${JSON.stringify(cells)}\n`)
process.exit(0)

/** Runs a situation without and with an observer; says `right`, or what is not. */
async function check(client: Client, situation: Situation, server: PlayServer): Promise<string> {
  const conversation = conversations.get(conversationOf(client, situation) ?? '')
  if (conversation === undefined) return 'no such conversation'
  await run(client, situation, conversation, server)
  const bare = await run(client, situation, conversation, server)
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const observed = await run(client, situation, conversation, server)
  recorder.settle()
  stop()
  if (JSON.stringify(bare) !== JSON.stringify(observed)) return `changed: ${difference(bare, observed)}`
  return judge(situation, conversation, {
    requestCount: observed.requests.length,
    calls: callCount(recorder),
    retries: retryCount(recorder),
    call: observedCall(recorder),
    isBodySeen: client.isNodeHttp !== true || !process.version.startsWith('v20.'),
  })
}

async function run(client: Client, situation: Situation, conversation: Conversation, server: PlayServer): Promise<Run> {
  unhandled.length = 0
  server.play({ conversation, ...situation.playing })
  const opened = await client.open(server.url)
  const result = await situation.run(opened).then(text, described)
  await server.settled()
  // What ends on the client's side after the server has seen it end, and rejections that are reported a turn later.
  await setTimeout(50)
  return { result, unhandled: [...unhandled], requests: server.requests }
}

/** A result as text, without what differs from one run to the next. */
function text(value: unknown): string {
  const seen = new WeakSet<object>()
  return JSON.stringify(value, (key, each: unknown) => {
    if (/^(?:headers|date|request|config|socket|timestamp|run_?id|id|_.*)$/i.test(key)) return undefined
    if (typeof each !== 'object' || each === null) return each
    if (seen.has(each)) return undefined
    seen.add(each)
    return each
  })
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${String(error)}`
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown }
  return ['thrown', error.constructor.name, error.name, error.message, code, status]
    .join(' ')
    .replace(/127\.0\.0\.1:\d+/g, '')
}

function difference(bare: Run, observed: Run): string {
  for (const key of ['result', 'unhandled', 'requests'] as const) {
    const [was, is] = [JSON.stringify(bare[key]), JSON.stringify(observed[key])]
    if (was !== is) return `${key} was ${was.slice(0, 300)}, is ${is.slice(0, 300)}`
  }
  return ''
}
