import { pathToFileURL } from 'node:url'
import { observeModelCalls } from '@quipu/llm'
import { createTestRecorder } from '@quipu/testing'
import { readConversations } from '../../packages/wire/fixtures/conversations.js'
import { clientBeside, companions } from './beside.js'
import type { Run } from './compare-runs.js'
import { judgeRun, observeRun } from './observe-run.js'
import { startPlayServer } from './play-server.js'
import { runSituation } from './run-situation.js'
import { conversationOf, situations } from './situations.js'

/** Situations that every library supports. */
const shared = ['plain', 'stream', 'tools', 'gzip', 'ten at once', 'break', 'not awaited', 'abort in a stream']
const failures = ['429 twice', '500 always', 'wrong key', 'error in a stream', 'garbage', 'cut stream']

// Runs situations beside another library: without Quipu, with Quipu loaded before it, or after it.
const [library = '', order = 'without', folder = ''] = process.argv.slice(2)
const companion = companions.find((each) => each.name === library)
if (companion === undefined) throw new Error(`There is no library ${library}`)
if (order === 'before') observeModelCalls({ recorder: createTestRecorder() })
const client = clientBeside(await companion.start())
const conversations = new Map(readConversations(pathToFileURL(folder)).map((each) => [each.name, each]))
const server = await startPlayServer()
const found: Record<string, { readonly run: Run; readonly cell?: string }> = {}
const names = [...shared, ...failures].filter((each) => each !== companion.lacks)
for (const situation of situations.filter((each) => names.includes(each.name))) {
  const conversation = conversations.get(conversationOf(client, situation) ?? '')
  if (conversation === undefined) continue
  await runSituation(client, situation, conversation, server)
  if (order === 'without') {
    found[situation.name] = { run: await runSituation(client, situation, conversation, server) }
    continue
  }
  const { run, recorder } = await observeRun(client, situation, conversation, server)
  found[situation.name] = { run, cell: judgeRun(client, situation, conversations, { run, recorder, server }) }
}
server.close()
process.stdout.write(`${JSON.stringify(found)}\n`)
process.exit(0)
