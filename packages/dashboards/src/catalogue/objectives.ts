/**
 * The limits that boards draw and alerts watch. They are defaults for a service that people talk to; change them with
 * `prometheusRules(catalog, { objectives })`.
 */
export const objectives = {
  /** Share of model calls that succeed. */
  llmSuccess: 0.99,
  /** Seconds that 95 % of a model's calls stay below. */
  llmLatencySeconds: 20,
  /** Share of a model's calls that its provider may refuse for a rate limit. */
  llmRateLimited: 0.05,
  /** Tokens a day, over all models. */
  tokensPerDay: 50_000_000,
  /** Tokens a day of one feature. */
  featureTokensPerDay: 10_000_000,
  /** US dollars a day, over all models. */
  dollarsPerDay: 100,
  /** Share of an endpoint's requests that may fail. */
  appErrors: 0.05,
  /** Seconds that 95 % of an endpoint's requests stay below. */
  appLatencySeconds: 2,
  /** Seconds that 99 % of the turns of an event loop stay below. */
  eventLoopDelaySeconds: 0.5,
  /** Share of a feature's uses that may fail. */
  featureErrors: 0.1,
  /** Share of a tool's calls that may fail. */
  toolErrors: 0.2,
  /** Bytes of one user's workspace. */
  workspaceBytes: 10_000_000_000,
} as const

/** The limits by name, with values of your own. */
export type Objectives = { readonly [N in keyof typeof objectives]: number }
