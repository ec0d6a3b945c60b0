import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('data are read after a turn that the platform lost', async () => {
  const turns: (() => void)[] = []
  vi.stubGlobal('setImmediate', (turn: () => void) => turns.push(turn))
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.resetModules()
  const { ReadingPace, TURN_BYTES } = await import('./reading-pace.js')
  const pace = new ReadingPace((fn) => fn())
  const read: number[] = []
  const reader = {
    isEmpty: false,
    read(mostBytes: number) {
      read.push(mostBytes)
      reader.isEmpty = true
      return 1
    },
  }

  expect(pace.hasRoom(TURN_BYTES)).toBe(true)
  expect(pace.hasRoom(TURN_BYTES)).toBe(false)
  pace.wait(reader)
  expect(turns).toHaveLength(1)
  vi.advanceTimersByTime(1000)
  pace.wait(reader)
  expect(turns).toHaveLength(2)
  turns[1]?.()
  expect(read).toEqual([TURN_BYTES])
})
