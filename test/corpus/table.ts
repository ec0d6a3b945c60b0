import { readConversations } from '../../packages/wire/fixtures/conversations.js'
import { difference, NOT_OFFERED, type Run } from './compare-runs.js'
import { judgePeer } from './judge-peer.js'
import type { PeerRun } from './peer-program.js'
import { peerClient } from './peers.js'
import { situations as all, conversationOf, expectedOf } from './situations.js'

export { companions } from './beside.js'
export { clients } from './clients.js'
export { peerClient, peers } from './peers.js'

export const situations = all.map(({ name }) => name)

type Besides = { readonly [situation: string]: { readonly run: Run; readonly cell?: string } | undefined }

/** The cells of Quipu beside a library: changes against runs without Quipu, and recorded values. */
export function judgeBeside(without: Besides, beside: Besides): { readonly [situation: string]: string } {
  const cells: Record<string, string> = {}
  for (const name of situations) {
    const [before, after] = [without[name], beside[name]]
    if (before === undefined || after === undefined) continue
    const change = difference(before.run, after.run, ['result', 'unhandled', 'requests'])
    cells[name] = change === undefined ? (after.cell ?? 'nothing') : `changes the ${change.part}`
  }
  return cells
}

type Runs = { readonly [situation: string]: PeerRun | undefined }

/** The cells of a library: its runs compared with runs without it. */
export function judgePeers(bare: Runs, observed: Runs, folder: URL): { readonly [situation: string]: string } {
  const conversations = new Map(readConversations(folder).map((each) => [each.name, each]))
  const cells: Record<string, string> = {}
  for (const situation of all) {
    const conversation = conversations.get(conversationOf(peerClient, situation) ?? '')
    const [before, after] = [bare[situation.name], observed[situation.name]]
    if (conversation === undefined || before === undefined || after?.record === undefined) continue
    if (before.result === NOT_OFFERED) continue
    const expected = expectedOf(situation, conversation, conversation)
    cells[situation.name] = judgePeer(situation, expected, [before, after], after.record)
  }
  return cells
}
