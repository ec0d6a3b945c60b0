import { pathToFileURL } from 'node:url'
import { readConversations } from '../../packages/wire/fixtures/conversations.js'
import { createCertificate } from './certificate.js'
import type { Client } from './client.js'
import { clients } from './clients.js'
import { difference, NOT_OFFERED } from './compare-runs.js'
import { judgeRun, observeRun } from './observe-run.js'
import { type PlayServer, startPlayServer } from './play-server.js'
import { runSituation } from './run-situation.js'
import { conversationOf, type Situation, situations } from './situations.js'

const [clientName = '', folder = ''] = process.argv.slice(2)
const conversations = new Map(readConversations(pathToFileURL(folder)).map((each) => [each.name, each]))
const client = clients.find(({ name }) => name === clientName)
if (client === undefined) throw new Error(`There is no client ${clientName}`)
const certificate = client.isHttp2 === true ? createCertificate() : undefined
const server = await startPlayServer(certificate)
const cells: Record<string, string> = {}
// A first run, for work that a library does at its first call.
const [warmUp] = situations
if (warmUp !== undefined) await check(client, warmUp, server)
for (const situation of situations) {
  if (client.endsProcess?.includes(situation.name)) continue
  const cell = await checkUntilRight(client, situation, server)
  if (cell !== undefined) cells[situation.name] = cell
}
server.close()
process.stdout.write(`${JSON.stringify(cells)}\n`)
process.exit(0)

/** Runs a differing situation again: the moment at which a break or an abort meets the response varies. */
async function checkUntilRight(client: Client, situation: Situation, server: PlayServer): Promise<string | undefined> {
  let cell = await check(client, situation, server)
  for (let i = 0; i < 2 && cell?.startsWith('changed'); i++) cell = await check(client, situation, server)
  return cell
}

/** Runs a situation without and with an observer; returns `right` or the difference; undefined if the client lacks it. */
async function check(client: Client, situation: Situation, server: PlayServer): Promise<string | undefined> {
  const name = conversationOf(client, situation)
  if (name === undefined) return undefined
  const conversation = conversations.get(name)
  if (conversation === undefined) return `no conversation ${name}`
  const bare = await runSituation(client, situation, conversation, server)
  if (bare.result === NOT_OFFERED) return undefined
  const { run, recorder } = await observeRun(client, situation, conversation, server)
  const change = difference(bare, run)
  if (change !== undefined) {
    return `changed: ${change.part} was ${change.was.slice(0, 300)}, is ${change.is.slice(0, 300)}`
  }
  return judgeRun(client, situation, conversations, { run, recorder, server })
}
