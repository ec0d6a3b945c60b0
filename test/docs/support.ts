import { formatMetricLine } from '@quipu/activity-log'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { renderPage } from '@quipu/prometheus'

/** Functions with which the programs of usage.md's blocks show their results. */
type AnyRecorder = Pick<Recorder, 'clock' | 'readings' | 'drop' | 'producer'>

/** Prefix of the line with a program's result. */
export const MARK = 'observed: '

/** The activity lines of the process's recorder, from the first call on. */
export const lines: string[] = []

export function listen(): void {
  defaultRecorder().onActivity((event) => {
    lines.push(formatMetricLine(event))
  })
}

/** The samples of a recorder's page without buckets: `name{label="value"}` → value. */
export async function samples(recorder: AnyRecorder = defaultRecorder()): Promise<Record<string, number>> {
  const page = await renderPage(recorder)
  const found = page.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket{'))
  return Object.fromEntries(
    found.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** The names under which a recorder exports points over OTLP. */
export async function otlpNames(recorder: AnyRecorder = defaultRecorder()): Promise<string[]> {
  const { resourceMetrics } = await recorder.producer().collect()
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name))
}

/** The values of an instrument's series, for recorders that are not reachable otherwise. */
export function valuesOf(instrument: object): Record<string, number[]> {
  const cells: unknown = Reflect.get(instrument, 'cells')
  if (typeof cells !== 'function') throw new Error('not an instrument')
  const found: { values: string[]; data: Float64Array; at: number }[] = cells.call(instrument)
  return Object.fromEntries(found.map(({ values, data, at }) => [values.join(' '), Array.from(data.slice(at, at + 6))]))
}

/** Reports a program's result to the test that loaded it, and on standard output. */
export function observe(seen: Readonly<Record<string, unknown>>): void {
  Reflect.set(globalThis, Symbol.for('quipu.docs.observed'), seen)
  if (process.env.QUIPU_DOCS_PRINT !== undefined) process.stdout.write(`${MARK}${JSON.stringify(seen)}\n`)
}
