import type { Recorder } from '@quipu/core'

type Kind = 'requests' | 'tokens'

interface LimitHeader {
  readonly metric: 'llm_ratelimit_remaining' | 'llm_ratelimit_limit'
  readonly kind: Kind
  readonly names: readonly string[]
}

const kinds: readonly Kind[] = ['requests', 'tokens']
const sides = [
  ['llm_ratelimit_remaining', 'remaining'],
  ['llm_ratelimit_limit', 'limit'],
] as const

/** The headers of OpenAI and compatible providers, of Anthropic, Mistral, Together and OpenRouter; the first one found counts. */
const headers: readonly LimitHeader[] = kinds.flatMap((kind) =>
  sides.map(([metric, side]) => ({
    metric,
    kind,
    names: [
      `x-ratelimit-${side}-${kind}`,
      `anthropic-ratelimit-${kind}-${side}`,
      `x-ratelimit-${side}-${kind === 'requests' ? 'req' : kind}-minute`,
      `x-ratelimit-${side}-${kind}-minute`,
      ...(kind === 'tokens' ? [`x-tokenlimit-${side}`] : [`x-ratelimit-${side}`, `ratelimit-${side}`]),
    ],
  })),
)

/** Records the remaining rate limits in a provider's headers. */
export function recordRateLimits(
  recorder: Recorder,
  { provider, model }: { readonly provider: string; readonly model: string },
  header: (name: string) => string | undefined,
): void {
  for (const { metric, kind, names } of headers) {
    for (const name of names) {
      const value = header(name)
      if (value === undefined || !/^\d{1,15}$/.test(value)) continue
      recorder.metrics[metric].set(Number(value), { provider, model, kind })
      break
    }
  }
}
