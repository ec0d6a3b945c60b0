import { createTestClock, createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { drops } from '../../../store/fixtures/all-series.js'
import { createRecorder } from '../index.js'

const open = (recorder: { readings: ReturnType<typeof createRecorder>['readings'] }) => {
  const cell = recorder
    .readings()
    .find((one) => one.name === 'app_active_sessions')
    ?.cells()[0]
  return cell?.data[cell.at]
}

describe('the gauge of open sessions', () => {
  it('is zero before the first', () => {
    expect(open(createRecorder())).toBe(0)
  })

  it('counts a session once, however often it starts', () => {
    const recorder = createTestRecorder()
    recorder.trackSessionStart('a')
    recorder.trackSessionStart('a')
    recorder.trackSessionStart('b')
    expect(open(recorder)).toBe(2)
  })

  it('counts an end once, and never becomes negative', () => {
    const recorder = createRecorder()
    recorder.trackSessionEnd('a')
    recorder.trackSessionStart('a')
    recorder.trackSessionEnd('a')
    recorder.trackSessionEnd('a')
    recorder.trackSessionEnd()
    expect(open(recorder)).toBe(0)
    expect(drops(recorder)).toEqual({
      'app_active_sessions unknown_session': 2,
      'app_active_sessions no_open_session': 1,
    })
  })

  it('counts sessions without an id as well', () => {
    const recorder = createTestRecorder()
    recorder.trackSessionStart()
    recorder.trackSessionStart()
    recorder.trackSessionStart('a')
    recorder.trackSessionEnd()
    expect(open(recorder)).toBe(2)
    recorder.trackSessionEnd('a')
    expect(open(recorder)).toBe(1)
  })

  it('ends a session with its own time limit by that limit', () => {
    const recorder = createTestRecorder()
    recorder.trackSessionStart('a', { idleTimeoutMs: 1000 })
    recorder.trackSessionStart('b')
    recorder.clock.advanceMs(800)
    recorder.touchSession('a')
    recorder.clock.advanceMs(800)
    expect(open(recorder)).toBe(2)
    recorder.clock.advanceMs(800)
    expect(open(recorder)).toBe(1)
    recorder.trackSessionEnd('b')
    expect(open(recorder)).toBe(0)
  })

  it('ends sessions that were idle for the chosen time', () => {
    const recorder = createTestRecorder({ sessions: { idleTimeoutMs: 1000 } })
    recorder.trackSessionStart('a')
    recorder.trackSessionStart('b')
    recorder.trackSessionStart()
    recorder.clock.advanceMs(800)
    recorder.touchSession('b')
    recorder.touchSession('unknown')
    recorder.clock.advanceMs(800)
    expect(open(recorder)).toBe(2)
  })

  it('ends no session automatically without a chosen time', () => {
    const recorder = createTestRecorder()
    recorder.trackSessionStart('a')
    recorder.clock.advanceMs(365 * 86_400_000)
    expect(open(recorder)).toBe(1)
  })

  it('keeps the sessions from before the time was chosen', () => {
    const clock = createTestClock()
    const recorder = createRecorder({ clock })
    recorder.trackSessionStart('a')
    recorder.configure({ sessions: { idleTimeoutMs: 1000 } })
    recorder.trackSessionStart('b')
    expect(open(recorder)).toBe(2)
    clock.advanceMs(1001)
    expect(open(recorder)).toBe(0)
  })

  it('is right again after more sessions than can be distinguished', () => {
    const recorder = createRecorder({ ids: 'plain' })
    const most = 100_000
    for (let i = 0; i < most + 5; i++) recorder.trackSessionStart(`s-${i}`)
    expect(open(recorder)).toBe(most + 5)
    for (let i = 0; i < most + 5; i++) recorder.trackSessionEnd(`s-${i}`)
    expect(open(recorder)).toBe(0)
    expect(drops(recorder)).toEqual({})
  })
})

it('idle sessions end before each reading, even without sampling', () => {
  const clock = createTestClock()
  const recorder = createRecorder({ clock, sessions: { idleTimeoutMs: 60_000 } })
  recorder.trackSessionStart('a')
  expect(open(recorder)).toBe(1)
  clock.advanceMs(60_001)
  const reading = recorder.readings({ sample: false }).find((one) => one.name === 'app_active_sessions')
  const [cell] = reading?.cells() ?? []
  expect(cell?.data[cell.at]).toBe(0)
})
