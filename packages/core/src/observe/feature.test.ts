import { runInNewContext } from 'node:vm'
import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, seriesOf } from '../../../store/fixtures/all-series.js'
import { createRecorder, FeatureMetrics, type Recorder } from '../index.js'

const once = { count: 1, sum: 0 }

describe('a feature', () => {
  class QuotaExceeded extends Error {}
  const errors = (recorder: Recorder) => seriesOf(recorder, 'feature_errors_total')

  it('is counted at its start, timed at its end, and its errors are counted by class', async () => {
    const recorder = createTestRecorder()
    const failure = new QuotaExceeded('prompt text')
    const running = recorder.withFeature('search', async () => {
      await null
      throw failure
    })
    expect(allSeries(recorder)).toEqual({ 'feature_usage_total{feature_name="search"}': 1 })
    recorder.clock.advanceMs(1500)
    await expect(running).rejects.toBe(failure)
    expect(recorder.value('feature_duration_seconds', { feature_name: 'search' })).toMatchObject({ count: 1, sum: 1.5 })
    expect(errors(recorder)).toEqual({ '{feature_name="search",error_type="unknown"}': 1 })
  })

  it.each<[string, unknown, string]>([
    ['text', 'prompt text', 'unknown'],
    ['nothing', undefined, 'unknown'],
    ['an object', { message: 'prompt text' }, 'unknown'],
    ['an error that was given a name', Object.assign(new Error('x'), { name: 'Timeout' }), 'unknown'],
    [
      'an error that was given the name of one',
      Object.assign(new Error('x'), { name: 'QuotaException' }),
      'QuotaException',
    ],
    ['an error whose name is a sentence', Object.assign(new Error('x'), { name: 'the prompt was: hello' }), 'unknown'],
    ['a class that a bundler renamed', new (class ee extends Error {})('x'), 'unknown'],
    ['a plain error', new Error('prompt text'), 'Error'],
    ['an error of another realm', runInNewContext('new RangeError()'), 'RangeError'],
    [
      'an error whose getters throw',
      Object.defineProperty(new Error('x'), 'name', {
        get: () => {
          throw new Error('y')
        },
      }),
      'unknown',
    ],
  ])('that throws %s counts its class at most', (_, thrown, errorType) => {
    const recorder = createRecorder()
    let caught: unknown
    try {
      recorder.withFeature('search', () => {
        throw thrown
      })
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(thrown)
    expect(errors(recorder)).toEqual({ [`{feature_name="search",error_type="${errorType}"}`]: 1 })
  })

  it('in a block ends once, and fails by a call of fail', () => {
    const recorder = createTestRecorder()
    {
      using feature = new FeatureMetrics('search', { recorder })
      feature.fail(new RangeError('x'))
      feature.fail(new TypeError('x'))
    }
    {
      using _feature = new FeatureMetrics('search', { recorder })
      recorder.clock.advanceMs(250)
    }
    expect(allSeries(recorder)).toEqual({
      'feature_usage_total{feature_name="search"}': 2,
      'feature_duration_seconds{feature_name="search"}': { count: 2, sum: 0.25 },
      'feature_errors_total{feature_name="search",error_type="RangeError"}': 1,
    })
  })

  it('has no negative duration when the clock goes back', () => {
    let now = 1000
    const recorder = createRecorder({ clock: { monotonicMs: () => now, unixMs: () => now } })
    recorder.withFeature('search', () => {
      now = 0
    })
    expect(seriesOf(recorder, 'feature_duration_seconds')).toEqual({ '{feature_name="search"}': once })
  })

  it('is counted even if the clock throws', () => {
    const fail = () => {
      throw new Error('clock')
    }
    const recorder = createRecorder({ clock: { monotonicMs: fail, unixMs: fail } })
    expect(recorder.withFeature('search', () => 1)).toBe(1)
    expect(allSeries(recorder)).toEqual({
      'feature_usage_total{feature_name="search"}': 1,
      'feature_duration_seconds{feature_name="search"}': once,
    })
  })
})

describe('FeatureMetrics.run', () => {
  it('counts a thrown error by its class, and throws it', async () => {
    const recorder = createTestRecorder()
    const failure = new TypeError('prompt')
    const failing = () => {
      throw failure
    }
    expect(() => new FeatureMetrics('search', { recorder }).run(failing)).toThrow(failure)
    await expect(new FeatureMetrics('search', { recorder }).run(async () => failing())).rejects.toBe(failure)
    expect(recorder.value('feature_errors_total', { feature_name: 'search', error_type: 'TypeError' })).toBe(2)
  })

  it('returns the function’s result, and is timed until its end', async () => {
    const recorder = createTestRecorder()
    const run = new FeatureMetrics('search', { recorder }).run(async () => {
      await null
      return 'found'
    })
    recorder.clock.advanceMs(250)
    expect(await run).toBe('found')
    expect(recorder.value('feature_usage_total', { feature_name: 'search' })).toBe(1)
    expect(recorder.value('feature_duration_seconds', { feature_name: 'search' })).toMatchObject({
      count: 1,
      sum: 0.25,
    })
  })
})
