import { createTestRecorder } from '@quipu/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { PacedExchange } from './paced-exchange.js'
import { ReadingPace, SLICE_BYTES } from './reading-pace.js'

afterEach(() => void vi.restoreAllMocks())

/** An exchange on a clock on which each slice takes a millisecond, with the number of bytes that it read. */
function slowExchange() {
  let nowMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  const seen = { bytes: 0, isOver: false }
  const read = (bytes: Uint8Array): void => {
    nowMs++
    seen.bytes += bytes.length
  }
  const end = (): void => {
    seen.isOver = true
  }
  const ignored = (): void => undefined
  const observed = {
    happenedMs: undefined,
    requestBytes: read,
    responseBytes: read,
    requestEnd: ignored,
    responseStart: ignored,
    responseEnd: end,
    fail: end,
    unread: end,
  }
  const pace = new ReadingPace((fn) => {
    try {
      fn()
    } catch {
      // As that of the wire.
    }
  })
  return { seen, pace, exchange: new PacedExchange(observed, pace, createTestRecorder().clock) }
}

test('chunks that arrive faster than they are read wait in a bounded amount', () => {
  const { seen, pace, exchange } = slowExchange()
  const chunk = new Uint8Array(SLICE_BYTES)
  let most = 0
  for (let i = 1; i <= 800; i++) {
    exchange.responseBytes(chunk)
    most = Math.max(most, i * SLICE_BYTES - seen.bytes)
  }
  expect(most).toBeGreaterThan(1 << 20)
  expect(most).toBeLessThanOrEqual((4 << 20) + SLICE_BYTES)
  exchange.responseEnd()
  expect(seen.isOver).toBe(false)
  pace.drain()
  expect(seen).toEqual({ bytes: 800 * SLICE_BYTES, isOver: true })
})

test('text that waits is read completely, for any length', () => {
  const { seen, pace, exchange } = slowExchange()
  const text = '🦙é'.repeat(50_000)
  for (let i = 0; i < 20; i++) exchange.requestBytes(text)
  pace.drain()
  expect(seen.bytes).toBe(20 * Buffer.byteLength(text))
})

test('a chunk that the application gave away meanwhile does not stop reading', () => {
  const { seen, pace, exchange } = slowExchange()
  exchange.requestBytes(new Uint8Array(SLICE_BYTES))
  const chunk = new Uint8Array(SLICE_BYTES)
  exchange.requestBytes(chunk)
  structuredClone(chunk, { transfer: [chunk.buffer] })
  exchange.responseEnd()
  pace.drain()
  expect(seen).toEqual({ bytes: SLICE_BYTES, isOver: true })
})
