import { openLibrary } from '../libraries/open-library.js'
import type { Call, RecordingCalls } from '../library.js'
import { bytesPerCall } from '../measure/allocation.js'
import { prepareBatch, type TimingOptions, timeBatch, timeCalls } from '../measure/time.js'
import { median, minimum } from '../statistics.js'
import type { Case, CaseOptions, Figures } from './case.js'

function timing({ quick }: CaseOptions): TimingOptions {
  return quick ? { batches: 3, batchMs: 15 } : { batches: 25, batchMs: 16 }
}

/** Nanoseconds per call of one kind on the hot path. */
export function timeCase(kind: keyof RecordingCalls): Case {
  return async (name, options) => {
    const call = (await openLibrary(name)).recording[kind]?.()
    if (call === undefined) return {}
    const times = timeCalls(call, timing(options))
    return { ns: median(times), minNs: minimum(times) }
  }
}

const METRICS = 24

/** An add with two labels in an application with many metrics, each with its own label names. */
export const addAmongMany: Case = async (name, options) => {
  const library = await openLibrary(name)
  const others = Array.from({ length: METRICS }, (_, i) => {
    const labelNames = [`label_${i}`, `other_${i}`, `third_${i}`].slice(0, 1 + (i % 3))
    const add = library.openCounter(`bench_${i}_total`, labelNames)
    return () => add(Object.fromEntries(labelNames.map((label) => [label, 'value'])))
  })
  for (let i = 0; i < 10_000; i++) for (const add of others) add()
  const times = timeCalls(library.recording.add2(), timing(options))
  return { ns: median(times), minNs: minimum(times) }
}

/** An add with two labels whose values are not literals of the program, like values from outside. */
export const addReadValues: Case = async (name, options) => {
  const { readEndpointOf, readModelOf } = await import('../read-values.js')
  const add = (await openLibrary(name)).openCounter('bench_two_total', ['model', 'endpoint'])
  const call: Call = (i) => add({ model: readModelOf(i), endpoint: readEndpointOf(i) })
  const times = timeCalls(call, timing(options))
  return { ns: median(times), minNs: minimum(times) }
}

/** Bytes per call of one kind that stay on the heap. */
export function bytesCase(kind: keyof RecordingCalls): Case {
  return async (name) => {
    const call = (await openLibrary(name)).recording[kind]?.()
    return call === undefined ? {} : { bytes: bytesPerCall(call) }
  }
}

/** Alternates batches of two kinds of calls, so that disturbances of the machine affect both equally. */
function timeSideBySide(calls: readonly Call[], options: TimingOptions): number[][] {
  const sizes = calls.map((call) => prepareBatch(call, options))
  const times: number[][] = calls.map(() => [])
  for (let round = 0; round < options.batches; round++) {
    calls.forEach((call, i) => void times[i]?.push(timeBatch(call, sizes[i] ?? 0)))
  }
  return times
}

/** Additional nanoseconds per add with a second reader. */
export const secondReader: Case = async (name, options): Promise<Figures> => {
  const { addWithReaders } = await openLibrary(name)
  if (addWithReaders === undefined) return {}
  // Measured in both orders, to exclude effects of the order; minima are compared, because the load of other programs
  // exceeds the measured difference.
  const calls = [await addWithReaders(1), await addWithReaders(2), await addWithReaders(2), await addWithReaders(1)]
  const [one = [], two = [], twoAgain = [], oneAgain = []] = timeSideBySide(calls, timing(options))
  const [withOne, withTwo] = [minimum([...one, ...oneAgain]), minimum([...two, ...twoAgain])]
  return { oneNs: withOne, twoNs: withTwo, extraNs: withTwo - withOne }
}

/** Additional cost of a recording after `attach()`, which also records into an instrument of OpenTelemetry. */
export const attached: Case = async (name, options): Promise<Figures> => {
  const { recordAttached } = await openLibrary(name)
  if (recordAttached === undefined) return {}
  const calls = [recordAttached(0), recordAttached(1), recordAttached(2)]
  const [none = [], one = [], two = []] = timeSideBySide(calls, timing(options))
  return { noneNs: median(none), oneNs: median(one), twoNs: median(two) }
}
