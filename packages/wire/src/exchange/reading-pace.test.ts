import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ReadingPace } from './reading-pace.js'

const SLICE_MS = 0.2
let turns: (() => void)[] = []
let pace: ReadingPace

beforeEach(async () => {
  turns = []
  vi.stubGlobal('setImmediate', (turn: () => void) => turns.push(turn))
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.resetModules()
  const { ReadingPace } = await import('./reading-pace.js')
  pace = new ReadingPace((fn) => {
    try {
      fn()
    } catch {
      // As that of the wire.
    }
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A reader of a number of slices, which logs its name for each and takes the time of one. */
function readerOf(name: string, slices: number, log: string[]) {
  let left = slices
  return {
    get isEmpty() {
      return left === 0
    },
    read() {
      left--
      log.push(name)
      vi.advanceTimersByTime(SLICE_MS)
      if (name === 'broken') throw new Error('broken')
    },
  }
}

function endTurn(): void {
  turns.shift()?.()
}

test('a turn of the event loop reads no further slice after half a millisecond', () => {
  const log: string[] = []
  pace.read(readerOf('a', 8, log))
  expect(log).toHaveLength(3)
  pace.read(readerOf('b', 1, log))
  expect(log).toHaveLength(3)
  endTurn()
  expect(log).toHaveLength(6)
  endTurn()
  expect(log).toHaveLength(9)
  endTurn()
  expect(turns).toHaveLength(0)
})

test('readers that wait take turns', () => {
  const log: string[] = []
  pace.read(readerOf('a', 6, log))
  pace.read(readerOf('b', 3, log))
  while (turns.length > 0) endTurn()
  expect(log.join('')).toBe('aaaababab')
})

test('a reader that fails does not stop the others', () => {
  const log: string[] = []
  pace.read(readerOf('broken', 4, log))
  pace.read(readerOf('b', 2, log))
  while (turns.length > 0) endTurn()
  expect(log.toSorted()).toEqual(['b', 'b', 'broken', 'broken', 'broken', 'broken'])
})

test('all data are read at once where the recorder needs them', () => {
  const log: string[] = []
  pace.read(readerOf('a', 20, log))
  pace.drain()
  expect(log).toHaveLength(20)
})

test('data are read after a turn that the platform lost', () => {
  const log: string[] = []
  pace.read(readerOf('a', 6, log))
  expect(turns).toHaveLength(1)
  const lost = turns.shift()
  expect(lost).toBeDefined()
  vi.advanceTimersByTime(1000)
  pace.read(readerOf('b', 1, log))
  while (turns.length > 0) endTurn()
  expect(log).toHaveLength(7)
})
