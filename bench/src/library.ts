/** One call of what is measured; the number of the call chooses label values and amounts. */
export type Call = (i: number) => void

/** The calls of the hot path; each is made by a function, so that a process makes only the one it measures. */
export interface RecordingCalls {
  readonly add2: () => Call
  readonly add3: () => Call
  readonly record2: () => Call
  readonly handleAdd?: () => Call
  readonly handleRecord?: () => Call
}

/**
 * A counter `bench_events_total`, a histogram `bench_duration_seconds` of twelve buckets and a gauge `bench_level`, each
 * with the labels `model` and `endpoint`. Values and labels are unknown, since hostile ones are among them.
 */
export interface MetricStore {
  add(value: unknown, labels: unknown): void
  record(value: unknown, labels: unknown): void
  set(value: unknown, labels: unknown): void
  /** Writes a page and keeps nothing of it; `bytes` is to be asked only when the clock has stopped. */
  page(): Promise<RenderedBytes>
}

export interface RenderedBytes {
  bytes(): number
  text(): string
}

export type Labels = { readonly [name: string]: string }

/** `large` has room for 10,000 series where a library knows limits; `usual` is how the library comes. */
export type StoreSize = 'large' | 'usual'

/** What the runner knows of one library. */
export interface Library {
  readonly recording: RecordingCalls
  /** A counter of its own with these labels, and a function that adds one to it. */
  openCounter(name: string, labelNames: readonly string[]): (labels: Labels) => void
  openStore(size: StoreSize): MetricStore
  /** An add with two labels while so many readers are attached, each collected once; only where there are readers. */
  readonly addWithReaders?: (readers: number) => Promise<Call>
  /** A record with two labels while a provider with so many readers is attached; 0 is none. */
  readonly recordAttached?: (readers: number) => Call
}

/** Calls a page's text and bytes from a string, as the libraries give it. */
export function pageOfText(text: string): RenderedBytes {
  return { bytes: () => Buffer.byteLength(text), text: () => text }
}
