import type { Recorder } from '@quipu/core'
import type { AttemptResponse } from './attempts.js'

interface LimitHeader {
  readonly metric: 'llm_ratelimit_remaining' | 'llm_ratelimit_limit'
  readonly kind: 'requests' | 'tokens'
  readonly header: string
}

/** OpenAI's headers, and those of Mistral's endpoint that the same client reaches. */
const headers: readonly LimitHeader[] = (['requests', 'tokens'] as const).flatMap((kind) => [
  { metric: 'llm_ratelimit_remaining', kind, header: `x-ratelimit-remaining-${kind}` },
  { metric: 'llm_ratelimit_limit', kind, header: `x-ratelimit-limit-${kind}` },
  {
    metric: 'llm_ratelimit_remaining',
    kind,
    header: `x-ratelimit-remaining-${kind === 'requests' ? 'req' : kind}-minute`,
  },
  { metric: 'llm_ratelimit_limit', kind, header: `x-ratelimit-limit-${kind === 'requests' ? 'req' : kind}-minute` },
])

/** Keeps what a provider's headers say of the rate limits that are left. */
export function recordRateLimits(recorder: Recorder, provider: string, model: string, response: AttemptResponse): void {
  for (const { metric, kind, header } of headers) {
    const value = response.header(header)
    if (value === null || !/^\d{1,15}$/.test(value)) continue
    recorder.metrics[metric].set(Number(value), { provider, model, kind })
  }
}
