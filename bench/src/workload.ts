/** Label values of an application that calls models; the calls cycle through all combinations. */
const models = [
  'gpt-4',
  'gpt-5',
  'gpt-4o-mini-2024-07-18',
  'claude-sonnet-4-20250514',
  'anthropic.claude-3-haiku-20240307-v1:0',
  'gemini-2.5-flash',
  'llama-3.3-70b-instruct',
  'mistral-large-2411',
] as const
const endpoints = ['chat', 'embed', 'search', 'agent'] as const
export const statuses = ['ok', 'error'] as const

/** The labels and the value of the i-th call. */
export const modelOf = (i: number) => models[i & 7]!
export const endpointOf = (i: number) => endpoints[(i >> 3) & 3]!
export const statusOf = (i: number) => statuses[(i >> 5) & 1]!
export const durationOf = (i: number) => durations[i & 15]!

/** Twelve buckets, about as many as SecureTrack's duration histograms. */
export const buckets: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120]

/** Values of a histogram, which fall into most of its buckets; no value is an integer. */
const durations: readonly number[] = [
  0.07, 0.31, 0.62, 1.4, 1.9, 3.2, 4.8, 0.02, 7.5, 0.9, 14.2, 0.4, 2.2, 33.3, 0.11, 6.1,
]

/** Series of the page and memory rows: 100 models by 100 endpoints. */
export const SERIES = 10_000
const manyModels = Array.from({ length: 100 }, (_, i) => `model-${i}`)
const manyEndpoints = Array.from({ length: 100 }, (_, i) => `endpoint-${i}`)

/** The labels of the i-th of the 10,000 series. */
export function seriesLabels(i: number): { readonly model: string; readonly endpoint: string } {
  return { model: manyModels[i % 100] ?? '', endpoint: manyEndpoints[Math.floor(i / 100) % 100] ?? '' }
}
