/** One measured call; its number selects label values and amounts. */
export type Call = (i: number) => void

/** The calls of the hot path, each created by a function, so that a process creates only the one it measures. */
export interface RecordingCalls {
  readonly add2: () => Call
  readonly add3: () => Call
  readonly record2: () => Call
  readonly handleAdd?: () => Call
  readonly handleRecord?: () => Call
}

/**
 * A counter `bench_events_total`, a histogram `bench_duration_seconds` of twelve buckets and a gauge `bench_level`, each
 * with the labels `model` and `endpoint`. Values and labels have the type unknown, because some are hostile.
 */
export interface MetricStore {
  add(value: unknown, labels: unknown): void
  record(value: unknown, labels: unknown): void
  set(value: unknown, labels: unknown): void
  /** Writes a page and keeps nothing of it. Call `bytes` only after the clock has stopped. */
  page(): Promise<RenderedBytes>
}

export interface RenderedBytes {
  bytes(): number
  text(): string
}

export type Labels = { readonly [name: string]: string }

/** `large` allows 10,000 series in a library with limits; `usual` has the library's defaults. */
export type StoreSize = 'large' | 'usual'

/** The runner's interface to one library. */
export interface Library {
  readonly recording: RecordingCalls
  /** Creates a separate counter with these labels, and returns a function that adds one to it. */
  openCounter(name: string, labelNames: readonly string[]): (labels: Labels) => void
  openStore(size: StoreSize): MetricStore
  /** An add with two labels with a number of readers, each collected once; only for libraries with readers. */
  readonly addWithReaders?: (readers: number) => Promise<Call>
  /** A recording with two labels while a provider with this number of readers is attached; 0 for no provider. */
  readonly recordAttached?: (readers: number) => Call
}

/** Converts the string of a library to a page. */
export function pageOfText(text: string): RenderedBytes {
  return { bytes: () => Buffer.byteLength(text), text: () => text }
}
