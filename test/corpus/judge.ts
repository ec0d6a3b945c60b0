import type { Conversation, ObservedCall } from '../../packages/wire/fixtures/conversations.js'
import type { Situation } from './situations.js'

/** The recorded values of a situation, and the number of requests that the server received. */
export interface Recorded {
  readonly requestCount: number
  readonly calls: number
  readonly retries: number
  readonly call: ObservedCall | undefined
  /** Calls that are still open. */
  readonly openCalls: number
  /** The client disconnected before the response was complete. */
  readonly hasLeft: boolean
  /** The client repeats a response that it cannot read, as another call. */
  readonly asksAgain: boolean
  /** Whether the request's body is visible; Node 20 hides bodies of `node:http`. */
  readonly isBodySeen: boolean
}

/** Right, except that the model is that of the response. */
export const MODEL_OF_ANSWER = 'right, the model is that of the answer'

/** Returns `right` if the recorded values match the situation, otherwise the difference. */
export function judge(situation: Situation, expected: Conversation['expected'], recorded: Recorded): string {
  const { requestCount, calls, openCalls, retries, call, isBodySeen, asksAgain } = recorded
  // A client without retries fails where others retry.
  const isRepeated = requestCount > 1
  const isAskedAgain = situation.conversation === 'errorIn200' || situation.conversation === 'tools'
  const isConcurrent = situation.name === 'ten at once' || (asksAgain && isAskedAgain)
  const expectedCalls = requestCount === 0 ? 0 : isConcurrent ? requestCount : 1
  // An unread stream stays open until it is collected or the process ends.
  const seenCalls = situation.name === 'never read' ? calls + openCalls : calls
  if (seenCalls !== expectedCalls) return `${seenCalls} calls instead of ${expectedCalls}`
  if (expectedCalls === 0 || situation.outcomes.length === 0) return 'right'
  const expectedRetries = isConcurrent ? 0 : requestCount - 1
  if (retries !== expectedRetries) return `${retries} retries instead of ${expectedRetries}`
  if (call === undefined) return 'no call'
  // A client may reject while its request continues: the call is complete.
  if (situation.name === 'abort while waiting' && call.streamed) return 'right'
  if (situation.name === 'abort while waiting' && !recorded.hasLeft && call.outcome === 'complete') return 'right'
  const hasFailed = situation.name === '429 twice' ? !isRepeated : situation.outcomes.includes('failed')
  if (hasFailed) {
    if (call.outcome !== 'failed') return `outcome ${call.outcome} instead of failed`
    const errorType = situation.errorType ?? expected.errorType
    return call.errorType === errorType ? 'right' : `error ${call.errorType} instead of ${errorType}`
  }
  if (!situation.outcomes.includes(call.outcome ?? ''))
    return `outcome ${call.outcome} instead of ${situation.outcomes}`
  return call.outcome === 'complete' && situation.outcomes.length === 1 && !isConcurrent
    ? compare(call, expected, isBodySeen)
    : 'right'
}

const compared = [
  'operation',
  'model',
  'responseModel',
  'serviceTier',
  'outputBytes',
  'usage',
  'costDollars',
  'rateLimits',
  'streamed',
] as const

/** Compares a complete call with the numbers that the server sent; only the situation knows the request. */
function compare(call: ObservedCall, expected: ObservedCall, isBodySeen: boolean): string {
  for (const key of compared) {
    const wanted = key === 'model' && !isBodySeen ? (expected.responseModel ?? expected.model) : expected[key]
    const [is, want] = [JSON.stringify(call[key]), JSON.stringify(wanted)]
    if (is !== want) return `${key} ${is} instead of ${want}`
  }
  return isBodySeen ? 'right' : MODEL_OF_ANSWER
}
