import { openLibrary } from '../libraries/open-library.js'
import type { Call, RecordingCalls } from '../library.js'
import { bytesPerCall } from '../measure/allocation.js'
import { prepareBatch, type TimingOptions, timeBatch, timeCalls } from '../measure/time.js'
import { median, minimum } from '../statistics.js'
import type { Case, CaseOptions, Figures } from './case.js'

function timing({ quick }: CaseOptions): TimingOptions {
  return quick ? { batches: 3, batchMs: 15 } : { batches: 25, batchMs: 16 }
}

/** Nanoseconds of a kind of call on the hot path. */
export function timeCase(kind: keyof RecordingCalls): Case {
  return async (name, options) => {
    const call = (await openLibrary(name)).recording[kind]?.()
    if (call === undefined) return {}
    const times = timeCalls(call, timing(options))
    return { ns: median(times), minNs: minimum(times) }
  }
}

const METRICS = 24

/** An add with two labels in an application that uses many metrics, each with label names of its own. */
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

/** An add with two labels whose values are no literals of the program, as those that come from outside are not. */
export const addReadValues: Case = async (name, options) => {
  const { readEndpointOf, readModelOf } = await import('../read-values.js')
  const add = (await openLibrary(name)).openCounter('bench_two_total', ['model', 'endpoint'])
  const call: Call = (i) => add({ model: readModelOf(i), endpoint: readEndpointOf(i) })
  const times = timeCalls(call, timing(options))
  return { ns: median(times), minNs: minimum(times) }
}

/** Bytes that a kind of call leaves on the heap. */
export function bytesCase(kind: keyof RecordingCalls): Case {
  return async (name) => {
    const call = (await openLibrary(name)).recording[kind]?.()
    return call === undefined ? {} : { bytes: bytesPerCall(call) }
  }
}

/** Alternates batches of calls that differ in one thing, so that what the machine does meets them alike. */
function timeSideBySide(calls: readonly Call[], options: TimingOptions): number[][] {
  const sizes = calls.map((call) => prepareBatch(call, options))
  const times: number[][] = calls.map(() => [])
  for (let round = 0; round < options.batches; round++) {
    calls.forEach((call, i) => void times[i]?.push(timeBatch(call, sizes[i] ?? 0)))
  }
  return times
}

/** What a second reader adds to each add, in nanoseconds. */
export const secondReader: Case = async (name, options): Promise<Figures> => {
  const { addWithReaders } = await openLibrary(name)
  if (addWithReaders === undefined) return {}
  // Made and measured in both orders, so that which was first costs nothing in the difference; and of minima, since
  // what the neighbours on a machine take is more than what is looked for.
  const calls = [await addWithReaders(1), await addWithReaders(2), await addWithReaders(2), await addWithReaders(1)]
  const [one = [], two = [], twoAgain = [], oneAgain = []] = timeSideBySide(calls, timing(options))
  const [withOne, withTwo] = [minimum([...one, ...oneAgain]), minimum([...two, ...twoAgain])]
  return { oneNs: withOne, twoNs: withTwo, extraNs: withTwo - withOne }
}

/** What `attach()` adds to a record: a histogram is forwarded to a real instrument, which costs what it costs. */
export const attached: Case = async (name, options): Promise<Figures> => {
  const { recordAttached } = await openLibrary(name)
  if (recordAttached === undefined) return {}
  const calls = [recordAttached(0), recordAttached(1), recordAttached(2)]
  const [none = [], one = [], two = []] = timeSideBySide(calls, timing(options))
  return { noneNs: median(none), oneNs: median(one), twoNs: median(two) }
}
