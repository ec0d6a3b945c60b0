import type { ProcessId } from './process-id.js'

/** The memory that a thread records in, as it hands it to who will finish its last publication. */
export interface SharedMemory {
  readonly id: ProcessId
  /** A list of the thread's series: two words of state, then `SharedSeries`, one JSON line each. */
  readonly names: SharedArrayBuffer
  /** Their numbers, eight bytes each. */
  readonly blocks: readonly SharedArrayBuffer[]
}

/**
 * Where a series' numbers lie. The number before them is its mark, which no other series of the thread ever has: another
 * mark, or zero, says that the series was removed and that its place is another's, or nobody's.
 */
export type SharedSeries = readonly [
  mark: number,
  metric: string,
  values: readonly (string | null)[],
  startUnixMs: number,
  block: number,
  at: number,
  count: number,
]

/** Bytes of `names` before its text: whether it is for nobody to read, and how long the text is. */
const HEAD = 8
const CLOSED = 0
const LENGTH = 1

/** A list of series that is added to, in shared memory. */
export interface SharedNames {
  readonly buffer: SharedArrayBuffer
  /** Adds a line; false when there is no room for it. */
  add(series: SharedSeries): boolean
  /** Says that what is in it must not be relied upon. */
  close(): void
}

/** @throws RangeError when there is no memory */
export function createSharedNames(bytes: number): SharedNames {
  const buffer = new SharedArrayBuffer(HEAD + bytes)
  const words = new Int32Array(buffer, 0, 2)
  const text = Buffer.from(buffer, HEAD)
  let length = 0
  return {
    buffer,
    add(series) {
      const line = `${JSON.stringify(series)}\n`
      // Three bytes are the most that a UTF-16 code unit takes.
      if (length + line.length * 3 > text.length) return false
      length += text.write(line, length)
      // After the line: it counts when it is whole.
      words[LENGTH] = length
      return true
    },
    close: () => void Atomics.store(words, CLOSED, 1),
  }
}

/** Whether the caller is the one that finishes for this thread, which is dead: one is, and none if the list was closed. */
export function claim({ names }: SharedMemory): boolean {
  return Atomics.compareExchange(new Int32Array(names, 0, 2), CLOSED, 0, 1) === 0
}

/** A series that has its place yet, and its numbers; none when they lie in a block that was not announced. */
interface FoundSeries {
  readonly series: SharedSeries
  readonly numbers: Float64Array | undefined
}

/** The series of a list that have their places yet. */
export function seriesOf(names: SharedArrayBuffer, blocks: readonly SharedArrayBuffer[]): readonly FoundSeries[] {
  const length = new Int32Array(names, 0, 2)[LENGTH] ?? 0
  const lines = Buffer.from(names, HEAD, length).toString('utf8').split('\n')
  return lines.flatMap((line): FoundSeries[] => {
    if (line === '') return []
    // What this very module has written: by a thread of this process.
    const series = JSON.parse(line) as SharedSeries
    const [mark, , , , block, at, count] = series
    const memory = blocks[block]
    if (memory === undefined) return [{ series, numbers: undefined }]
    const all = new Float64Array(memory)
    return all[at - 1] === mark ? [{ series, numbers: all.subarray(at, at + count) }] : []
  })
}

/** What another thread has sent, when it is its memory. */
export function toSharedMemory(message: unknown): SharedMemory | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  if (!('id' in message && 'names' in message && 'blocks' in message)) return undefined
  const { id, names, blocks } = message
  if (typeof id !== 'string' || !(names instanceof SharedArrayBuffer) || !Array.isArray(blocks)) return undefined
  return blocks.every((block) => block instanceof SharedArrayBuffer) ? { id, names, blocks } : undefined
}
