import { knownName, type User } from './lazy-user.js'
import type { LlmUsage } from './llm-usage.js'
import type { Recording } from './recording.js'

/** Records the tokens of a user, if enabled. If the look-up of the user takes time, they are recorded after it. */
export function recordUserTokens(recording: Recording, user: User | undefined, usage: LlmUsage | undefined): void {
  if (!recording.tokensByUser || usage === undefined) return
  const record = (name: string | null): void => {
    // Calls without a user count in the totals only.
    if (!name) return
    const { inputTokens = 0, outputTokens = 0 } = usage
    if (inputTokens > 0) recording.write('llm_tokens_by_user_total', inputTokens, { user_id: name, type: 'input' })
    if (outputTokens > 0) recording.write('llm_tokens_by_user_total', outputTokens, { user_id: name, type: 'output' })
  }
  const name = knownName(user)
  if (name === null || typeof name === 'string') record(name)
  else void name.then((found) => recording.guard('llm_call', () => record(found)))
}
