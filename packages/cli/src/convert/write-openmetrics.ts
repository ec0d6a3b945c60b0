import { type ActivityRecord, timeOf } from '../lines/activity-record.js'
import { createKeyReader } from '../lines/groups.js'
import { type CommandIo, UsageError } from '../terminal/io.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'
import { createStepCounts, type StepCounts } from './step-counts.js'
import { createStepHistograms, type StepHistograms } from './step-histograms.js'

/** Maximum number of samples; more would be tens of gigabytes. */
const MOST_SAMPLES = 200_000_000
const PIECE_CHARACTERS = 1 << 16

/**
 * Writes counters with timestamps, as `promtool tsdb create-blocks-from openmetrics` reads them: `activity_events_total`
 * counts records, `activity_<field>_total` sums a field. With buckets, the field is a histogram instead. Each series starts
 * with 0 one step before the first record, so that `increase()` includes its first records, and has a sample for each step,
 * as a scraped counter has. Records without a time are left out and reported.
 */
export async function writeOpenMetrics(source: RecordSource, options: ConvertOptions, io: CommandIo): Promise<void> {
  const { by, value, step, buckets } = options
  for (const key of by) if (key === 'day' || key === 'hour') throw new UsageError(`--by ${key}: the samples have times`)
  if (buckets !== undefined && value === undefined) throw new UsageError('--buckets: name the field with --value')
  const events = createStepCounts(step)
  const sums = createStepCounts(step)
  const histograms = createStepHistograms(step, buckets ?? [])
  const labelsOf = createLabels(by)
  let untimed = 0
  let unsummed = 0
  for await (const records of source.read(value === undefined ? by : [...by, value])) {
    for (const record of records) {
      const time = timeOf(record)
      if (time === undefined) {
        untimed++
        continue
      }
      const labels = labelsOf(record)
      events.add(labels, time, 1)
      if (value === undefined || !Object.hasOwn(record.fields, value)) continue
      const number = Number(record.fields[value])
      if (!Number.isFinite(number) || number < 0) unsummed++
      else if (buckets === undefined) sums.add(labels, time, number)
      else histograms.add(labels, time, number)
    }
  }
  if (untimed > 0) io.err(`${untimed} records have no time and are left out`)
  if (unsummed > 0) io.err(`${unsummed} values of ${value} are negative or not numbers and are left out`)
  await writeAll(counterLines('activity_events', '[METRIC] lines', events), io)
  if (value !== undefined && buckets !== undefined) {
    await writeAll(histogramLines(`activity_${value}`, `${value} of [METRIC] lines`, histograms, buckets), io)
  } else if (value !== undefined) {
    // The suffix _total belongs to the sample, not to the family.
    const name = `activity_${value.replace(/_total$/, '')}`
    await writeAll(counterLines(name, `Sum of ${value} of [METRIC] lines`, sums), io)
  }
  await io.out('# EOF\n')
}

function* counterLines(name: string, help: string, counts: StepCounts): Generator<string> {
  checkCount(counts.sampleCount())
  yield `# HELP ${name} ${help}\n# TYPE ${name} counter\n`
  for (const [labels, seconds, total] of counts.samples()) yield `${name}_total${labels} ${total} ${seconds}\n`
}

function* histogramLines(
  name: string,
  help: string,
  histograms: StepHistograms,
  bounds: readonly number[],
): Generator<string> {
  checkCount(histograms.sampleCount())
  yield `# HELP ${name} ${help}\n# TYPE ${name} histogram\n`
  const les = [...bounds.map((bound) => (Number.isInteger(bound) ? `${bound}.0` : String(bound))), '+Inf']
  for (const { series, seconds, counts, sum } of histograms.points()) {
    const before = series === '' ? '{' : `${series.slice(0, -1)},`
    yield les.map((le, i) => `${name}_bucket${before}le="${le}"} ${counts[i]} ${seconds}\n`).join('')
    yield `${name}_count${series} ${counts.at(-1)} ${seconds}\n${name}_sum${series} ${sum} ${seconds}\n`
  }
}

function checkCount(samples: number): void {
  if (samples > MOST_SAMPLES) {
    throw new UsageError(`${samples} samples: choose a longer --step, fewer labels or buckets, or --since`)
  }
}

async function writeAll(lines: Iterable<string>, io: CommandIo): Promise<void> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length > PIECE_CHARACTERS) {
      await io.out(piece)
      piece = ''
    }
  }
  await io.out(piece)
}

function createLabels(by: readonly string[]): (record: ActivityRecord) => string {
  const readers = by.map((name) => [name, createKeyReader(name)] as const)
  if (readers.length === 0) return () => ''
  return (record) => `{${readers.map(([name, read]) => `${name}="${escaped(read(record))}"`).join(',')}}`
}

function escaped(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
