import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { observeModelCalls } from '@quipu/llm'
import { createTestRecorder } from '@quipu/testing'
import { readConversations } from '../../packages/llm/fixtures/conversations.js'
import { callCount, observedCall, openCallCount, retryCount } from '../../packages/llm/fixtures/observed-call.js'
import type { Client } from './client.js'
import { clients } from './clients.js'
import { difference, NOT_OFFERED } from './compare-runs.js'
import { judge } from './judge.js'
import { type PlayServer, startPlayServer } from './play-server.js'
import { runSituation } from './run-situation.js'
import { conversationOf, expectedOf, isStreamed, type Situation, situations } from './situations.js'

const [clientName = '', folder = ''] = process.argv.slice(2)
const conversations = new Map(readConversations(pathToFileURL(folder)).map((each) => [each.name, each]))
const client = clients.find(({ name }) => name === clientName)
if (client === undefined) throw new Error(`There is no client ${clientName}`)
const server = await startPlayServer()
const cells: Record<string, string> = {}
// Once for what a library does at its first call.
const [warmUp] = situations
if (warmUp !== undefined) await check(client, warmUp, server)
for (const situation of situations) {
  if (client.endsProcess?.includes(situation.name)) continue
  const cell = await check(client, situation, server)
  if (cell !== undefined) cells[situation.name] = cell
}
server.close()
process.stdout.write(`${JSON.stringify(cells)}\n`)
process.exit(0)

/** Runs a situation without and with an observer; says `right`, or what is not; undefined where the client has no means for it. */
async function check(client: Client, situation: Situation, server: PlayServer): Promise<string | undefined> {
  const name = conversationOf(client, situation)
  if (name === undefined) return undefined
  const conversation = conversations.get(name)
  if (conversation === undefined) return `no conversation ${name}`
  const bare = await runSituation(client, situation, conversation, server)
  if (bare.result === NOT_OFFERED) return undefined
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const observed = await runSituation(client, situation, conversation, server)
  // A body may still be decoded when the client has it.
  for (let i = 0; i < 20 && openCallCount(recorder) > 0 && situation.name !== 'never read'; i++) await setTimeout(50)
  recorder.settle()
  stop()
  const change = difference(bare, observed)
  if (change !== undefined) {
    return `changed: ${change.part} was ${change.was.slice(0, 300)}, is ${change.is.slice(0, 300)}`
  }
  const asked = conversations.get((isStreamed(situation) ? client.stream : client.plain) ?? client.plain)
  return judge(situation, expectedOf(situation, conversation, asked ?? conversation), {
    requestCount: observed.requests.length,
    openCalls: openCallCount(recorder),
    hasLeft: server.hasLeft,
    asksAgain: client.asksAgain === true,
    calls: callCount(recorder),
    retries: retryCount(recorder),
    call: observedCall(recorder),
    isBodySeen: client.isNodeHttp !== true || !process.version.startsWith('v20.'),
  })
}
