import type { Conversation } from '../../packages/wire/fixtures/conversations.js'
import { difference, type Run } from './compare-runs.js'
import type { PeerRecord } from './peers.js'
import type { Situation } from './situations.js'

const changes: { readonly [part: string]: string } = {
  result: 'changes the result',
  unhandled: 'changes unhandled rejections',
  requests: 'changes the requests',
}

/** Returns `right` if a library changed nothing and recorded the situation, otherwise the difference. */
export function judgePeer(
  situation: Situation,
  expected: Conversation['expected'],
  [bare, run]: readonly [Run, Run],
  record: PeerRecord,
): string {
  const change = difference(bare, run, ['result', 'unhandled', 'requests'])
  if (change !== undefined) return changes[change.part] ?? change.part
  const requests = run.requests.length
  const calls = requests === 0 ? 0 : situation.name === 'ten at once' ? requests : 1
  if (record.calls === 0 && calls > 0) return 'nothing'
  // A call that was stopped before it was sent may count or not.
  if (requests === 0 && record.calls <= 1) return 'right'
  if (record.calls !== calls) return `${record.calls} calls instead of ${calls}`
  if (situation.outcomes.length !== 1) return 'right'
  if (!situation.outcomes.includes('complete')) return record.failures === calls ? 'right' : 'recorded as a success'
  if (record.failures > 0) return 'recorded as a failure'
  const { inputTokens = 0, outputTokens = 0 } = expected.usage ?? {}
  if (record.inputTokens === calls * inputTokens && record.outputTokens === calls * outputTokens) return 'right'
  return record.inputTokens === 0 && record.outputTokens === 0 ? 'no tokens' : 'other tokens'
}
