import type { ActivityRecord } from '../lines/activity-record.js'
import type { FilterOptions } from '../lines/record-filter.js'

/** Options of `quipu convert`. */
export interface ConvertOptions extends FilterOptions {
  readonly to: 'openmetrics' | 'otlp' | 'csv' | 'parquet'
  readonly by: readonly string[]
  readonly value?: string
  /** Ascending upper bounds of a histogram of the value. */
  readonly buckets?: readonly number[]
  /** Seconds between samples. */
  readonly step: number
  readonly fields?: readonly string[]
  readonly endpoint?: string
  /** File of the output. */
  readonly out?: string
}

/** Options that only some formats have; given for another, they would change nothing. */
export const formatsOfOption: { readonly [option: string]: readonly ConvertOptions['to'][] } = {
  by: ['openmetrics'],
  value: ['openmetrics'],
  buckets: ['openmetrics'],
  step: ['openmetrics'],
  fields: ['csv', 'parquet'],
  endpoint: ['otlp'],
}

/** The input of a conversion. */
export interface RecordSource {
  /** Whether `read` can be called again: standard input cannot. */
  readonly canRepeat: boolean
  /** @param fields the fields that the writer reads; without it, all */
  read(fields?: readonly string[]): AsyncIterable<readonly ActivityRecord[]>
}
