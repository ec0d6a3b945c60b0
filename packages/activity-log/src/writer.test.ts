import type { ActivityEvent } from '@quipu/core'
import { describe, expect, it } from 'vitest'
import { lineEnd, nastyStrings } from '../fixtures/nasty-strings.js'
import { collect, event, setUp } from '../fixtures/writers.js'
import { functionSink, type LineOutcome, type SinkFunction } from './sink.js'
import { createActivityWriter } from './writer.js'

describe('a writer', () => {
  it('writes an event as its line', () => {
    const { lines, write, recorder } = collect()
    write(event)
    expect(lines).toEqual(['[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5'])
    expect(recorder.outcomes).toEqual({ written: 1, dropped: 0, failed: 0 })
  })

  it('writes the JSON form when asked to', () => {
    const { lines, write } = collect({ format: 'json' })
    write(event)
    expect(lines).toEqual([
      '{"time":"2026-01-28T00:00:00.000Z","event":"llm_call","user":"user@example.com","fields":{"model":"gpt-4","message_count":5}}',
    ])
  })

  it('needs no recorder', () => {
    const lines: string[] = []
    createActivityWriter({ sink: functionSink((line) => lines.push(line)) })(event)
    expect(lines).toHaveLength(1)
  })

  it('fails an event that has no line, and writes nothing', () => {
    const { lines, write, recorder } = collect()
    write({ ...event, event: 'no name' })
    expect(lines).toEqual([])
    expect([recorder.outcomes.failed, recorder.drops]).toEqual([1, ['unknown_event']])
  })
})

describe('no sink affects the caller', () => {
  const thenable = (then: unknown) => ({ then })
  const sinks: readonly [what: string, sink: SinkFunction, outcome: LineOutcome][] = [
    ['returns nothing', () => {}, 'written'],
    ['resolves', async () => {}, 'written'],
    ['says the line is dropped', () => 'dropped', 'dropped'],
    ['resolves to failed', async () => 'failed', 'failed'],
    [
      'throws',
      () => {
        throw new Error('EPIPE')
      },
      'failed',
    ],
    [
      'throws a value that is not an error',
      () => {
        throw null
      },
      'failed',
    ],
    ['rejects', () => Promise.reject(new Error('ENOSPC')), 'failed'],
    [
      'returns a promise whose then throws',
      () =>
        thenable(() => {
          throw new Error('then')
        }),
      'failed',
    ],
    [
      'returns a promise that settles twice',
      () =>
        thenable((resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
          resolve(undefined)
          reject(new Error('late'))
          resolve('dropped')
        }),
      'written',
    ],
  ]

  it.each(sinks)('%s', async (_what, sink, outcome) => {
    const { write, recorder } = setUp(sink)
    expect(write(event)).toBeUndefined()
    await write.flush()
    expect(recorder.outcomes).toEqual({ written: 0, dropped: 0, failed: 0, [outcome]: 1 })
  })

  it('that logs while it writes: the inner line is dropped, the outer written', () => {
    const lines: string[] = []
    const { write, recorder } = setUp((line) => {
      lines.push(line)
      write(event)
    })
    write(event)
    write(event)
    expect(lines).toHaveLength(2)
    expect(recorder.outcomes).toEqual({ written: 2, dropped: 2, failed: 0 })
    expect(recorder.drops).toEqual(['reentrant', 'reentrant'])
  })

  it('that threw is used again', () => {
    let calls = 0
    const { write, recorder } = setUp(() => {
      if (calls++ === 0) throw new Error('once')
    })
    write(event)
    write(event)
    expect(recorder.outcomes).toEqual({ written: 1, dropped: 0, failed: 1 })
  })

  it('that never responds holds a bounded number of lines', () => {
    const { write, recorder } = setUp(() => new Promise(() => {}))
    for (let index = 0; index < 65_536 + 10; index++) write(event)
    expect(recorder.outcomes).toEqual({ written: 0, dropped: 10, failed: 0 })
    expect(new Set(recorder.drops)).toEqual(new Set(['queue_full']))
  })

  it('a recorder that throws does not affect the caller', () => {
    const recorder = {
      metrics: {
        quipu_activity_lines_total: {
          add() {
            throw new Error('store')
          },
        },
      },
      drop() {
        throw new Error('store')
      },
    }
    const write = createActivityWriter({ sink: () => {}, recorder })
    expect(() => write(event)).not.toThrow()
  })

  it('an invalid event does not affect the caller', () => {
    const { write, recorder, lines } = collect()
    const revocable = Proxy.revocable(event, {})
    revocable.revoke()
    for (const bad of [undefined, null, 5, 'x', {}, revocable.proxy])
      expect(() => write(bad as ActivityEvent)).not.toThrow()
    expect(lines).toEqual([])
    expect(recorder.outcomes.failed).toBe(6)
  })
})

describe('flush and close', () => {
  it('flush waits for the lines in progress', async () => {
    let resolve = () => {}
    const promise = new Promise<void>((done) => {
      resolve = done
    })
    const { write, recorder } = setUp(() => promise)
    write(event)
    const flushed = write.flush().then(() => recorder.outcomes.written)
    resolve()
    expect(await flushed).toBe(1)
  })

  it('flush and close resolve in time when the sink never responds', async () => {
    const never = () => new Promise<void>(() => {})
    const { write } = setUp({ write: never, flush: never, close: never }, { timeoutMs: 1 })
    write(event)
    await write.flush()
    await write.close()
  })

  it('flush and close resolve when the sink throws or rejects', async () => {
    const broken = {
      write: () => {},
      flush: () => Promise.reject(new Error('flush')),
      close: () => {
        throw new Error('close')
      },
    }
    const { write } = setUp(broken)
    await write.flush()
    await write.close()
  })

  it('close flushes, closes once, and drops later events', async () => {
    const calls: string[] = []
    const { write, recorder } = setUp({
      write: () => void calls.push('write'),
      flush: async () => void calls.push('flush'),
      close: async () => void calls.push('close'),
    })
    write(event)
    await Promise.all([write.close(), write.close()])
    write(event)
    expect(calls).toEqual(['write', 'flush', 'close'])
    expect(recorder.outcomes).toEqual({ written: 1, dropped: 1, failed: 0 })
    expect(recorder.drops).toEqual(['closed'])
  })
})

describe('one event is one line', () => {
  it.each(['text', 'json'] as const)('in the %s form, for any user and values', (format) => {
    const { lines, write } = collect({ format })
    for (const nasty of nastyStrings) write({ ...event, user: nasty, fields: { model: nasty } })
    expect(`${lines.join('\n')}\n`.split(lineEnd)).toHaveLength(nastyStrings.length + 1)
  })
})
