/**
 * The limits of boards and alerts. The defaults suit an interactive service; change them with `prometheusRules(catalog,
 * { objectives })`.
 */
export const objectives = {
  /** Share of successful model calls. */
  llmSuccess: 0.99,
  /** p95 duration of a model's calls in seconds. */
  llmLatencySeconds: 20,
  /** Share of a model's calls that may fail because of a rate limit. */
  llmRateLimited: 0.05,
  /** Tokens per day, over all models. */
  tokensPerDay: 50_000_000,
  /** Tokens per day of one feature. */
  featureTokensPerDay: 10_000_000,
  /** US dollars per day, over all models. */
  dollarsPerDay: 100,
  /** Share of an endpoint's requests that may fail. */
  appErrors: 0.05,
  /** p95 duration of an endpoint's requests in seconds. */
  appLatencySeconds: 2,
  /** p99 delay of an event loop in seconds. */
  eventLoopDelaySeconds: 0.5,
  /** Share of a feature's uses that may fail. */
  featureErrors: 0.1,
  /** Share of a tool's calls that may fail. */
  toolErrors: 0.2,
  /** Bytes of one user's workspace. */
  workspaceBytes: 10_000_000_000,
} as const

/** The limits by name, with your own values. */
export type Objectives = { readonly [N in keyof typeof objectives]: number }
