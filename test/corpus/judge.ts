import type { Conversation, ObservedCall } from '../../packages/llm/fixtures/conversations.js'
import type { Situation } from './situations.js'

/** What was recorded of a situation, and how many requests the server saw. */
export interface Recorded {
  readonly requestCount: number
  readonly calls: number
  readonly retries: number
  readonly call: ObservedCall | undefined
  /** Whether the request's body can be seen: Node 20 shows none of `node:http`. */
  readonly isBodySeen: boolean
}

/** Right, but for the model, which is that of the answer. */
export const MODEL_OF_ANSWER = 'right, the model is that of the answer'

/** Says `right` when what was recorded is what happened, else what is not. */
export function judge(situation: Situation, conversation: Conversation, recorded: Recorded): string {
  const { requestCount, calls, retries, call, isBodySeen } = recorded
  // A client that does not send a request again fails where another would have retried.
  const isRepeated = requestCount > 1
  const isConcurrent = situation.name === 'ten at once'
  const expectedCalls = requestCount === 0 ? 0 : isConcurrent ? requestCount : 1
  if (calls !== expectedCalls) return `${calls} calls instead of ${expectedCalls}`
  if (expectedCalls === 0 || situation.outcomes.length === 0) return 'right'
  const expectedRetries = isConcurrent ? 0 : requestCount - 1
  if (retries !== expectedRetries) return `${retries} retries instead of ${expectedRetries}`
  if (call === undefined) return 'no call'
  const hasFailed = situation.name === '429 twice' ? !isRepeated : situation.outcomes.includes('failed')
  if (hasFailed) {
    if (call.outcome !== 'failed') return `outcome ${call.outcome} instead of failed`
    return call.errorType === situation.errorType
      ? 'right'
      : `error ${call.errorType} instead of ${situation.errorType}`
  }
  if (!situation.outcomes.includes(call.outcome ?? ''))
    return `outcome ${call.outcome} instead of ${situation.outcomes}`
  return call.outcome === 'complete' && situation.outcomes.length === 1 && !isConcurrent
    ? compare(call, conversation.expected, isBodySeen)
    : 'right'
}

/** The numbers of a complete call are those that the server sent. What the client sent is known to the situation alone. */
function compare(call: ObservedCall, expected: ObservedCall, isBodySeen: boolean): string {
  for (const key of ['operation', 'model', 'responseModel', 'outputBytes', 'usage', 'streamed'] as const) {
    const wanted = key === 'model' && !isBodySeen ? expected.responseModel : expected[key]
    const [is, want] = [JSON.stringify(call[key]), JSON.stringify(wanted)]
    if (is !== want) return `${key} ${is} instead of ${want}`
  }
  return isBodySeen ? 'right' : MODEL_OF_ANSWER
}
