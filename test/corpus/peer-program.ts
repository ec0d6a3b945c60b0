import { pathToFileURL } from 'node:url'
import { readConversations } from '../../packages/wire/fixtures/conversations.js'
import type { Run } from './compare-runs.js'
import { type PeerRecord, peerClient, peers } from './peers.js'
import { startPlayServer } from './play-server.js'
import { runSituation } from './run-situation.js'
import { conversationOf, situations } from './situations.js'

/** A run of a situation, and the library's recorded values. */
export interface PeerRun extends Run {
  readonly record: PeerRecord | undefined
}

// Runs every situation beside one other library, or without one; prints the results.
const [peerName = '', folder = ''] = process.argv.slice(2)
const read = await peers.find(({ name }) => name === peerName)?.start()
const conversations = new Map(readConversations(pathToFileURL(folder)).map((each) => [each.name, each]))
const server = await startPlayServer()
const runs: Record<string, PeerRun> = {}
for (const situation of situations) {
  const conversation = conversations.get(conversationOf(peerClient, situation) ?? '')
  if (conversation === undefined) continue
  await runSituation(peerClient, situation, conversation, server)
  await read?.()
  const run = await runSituation(peerClient, situation, conversation, server)
  runs[situation.name] = { ...run, record: await read?.() }
}
server.close()
process.stdout.write(`${JSON.stringify(runs)}\n`)
process.exit(0)
