import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries, seriesOf } from '../../../store/fixtures/all-series.js'
import type { LlmCall } from '../index.js'

const usage = { prompt_tokens: 120, completion_tokens: 30 }

describe('users and features', () => {
  it('are those of the start of a call, across awaits', async () => {
    const recorder = createTestRecorder()
    let inner: LlmCall | undefined
    await recorder.withUser('outer', () =>
      recorder.withAttribution({ feature: 'search' }, async () => {
        await Promise.resolve()
        inner = recorder.startLlmCall({ model: 'gpt-4' })
      }),
    )
    recorder.withUser('another', () => {
      inner?.usage(usage)
      inner?.end()
    })
    expect(recorder.lines).toEqual(['[METRIC] [outer] llm_call model=gpt-4'])
    expect(allSeries(recorder)).toMatchObject({
      'llm_requests_total{model="gpt-4",endpoint="search"}': 1,
      'llm_feature_requests_total{feature="search",model="gpt-4"}': 1,
      'llm_feature_tokens_total{feature="search",model="gpt-4",type="input"}': 120,
      'llm_feature_tokens_total{feature="search",model="gpt-4",type="output"}': 30,
    })
  })

  it('can be nested, and the innermost is used', () => {
    const recorder = createTestRecorder()
    recorder.withUser('outer', () => {
      recorder.withUser(null, () => recorder.trackError('timeout'))
      recorder.withAttribution({ feature: 'a' }, () =>
        recorder.withAttribution({}, () => recorder.startLlmCall({ model: 'm' }).end()),
      )
    })
    expect(recorder.lines).toEqual(['[METRIC] [unknown] error error_type=timeout', '[METRIC] [outer] llm_call model=m'])
    expect(Object.keys(seriesOf(recorder, 'llm_requests_total'))).toEqual(['{model="m",endpoint="a"}'])
  })

  it.each(['withUser', 'withAttribution'] as const)('%s covers a generator that is read elsewhere', async (helper) => {
    const recorder = createTestRecorder()
    const inside = <R>(name: string, fn: () => R): R =>
      helper === 'withUser' ? recorder.withUser(name, fn) : recorder.withAttribution({ feature: name }, fn)
    const say = () => recorder.startLlmCall({ model: 'm' }).end()
    const cleanedUp: string[] = []
    async function* answers() {
      try {
        say()
        yield 1
        await Promise.resolve()
        say()
        yield 2
      } finally {
        say()
        cleanedUp.push('left')
      }
    }
    let made: unknown
    const stream = inside('maker', () => {
      made = answers()
      return made as ReturnType<typeof answers>
    })
    expect(stream).toBe(made)
    expect(Object.keys(stream)).toEqual([])
    await inside('reader', async () => {
      for await (const row of stream) {
        say()
        if (row === 2) break
      }
    })
    expect(cleanedUp).toEqual(['left'])
    if (helper === 'withUser') {
      expect(recorder.lines.map((line) => line.split(' ')[1])).toEqual(
        ['maker', 'reader', 'maker', 'reader', 'maker'].map((name) => `[${name}]`),
      )
    } else {
      expect(seriesOf(recorder, 'llm_feature_requests_total')).toEqual({
        '{feature="maker",model="m"}': 3,
        '{feature="reader",model="m"}': 2,
      })
    }
  })

  it('do not change a generator’s values, errors and end', () => {
    const recorder = createTestRecorder()
    const failure = new Error('failure')
    function* rows(): Generator<number, string, string> {
      try {
        yield (yield 1).length
        return 'end'
      } catch (error) {
        return String(error === failure)
      }
    }
    const make = () => recorder.withUser('user', rows)
    const whole = make()
    expect([whole.next(), whole.next('four'), whole.next('x'), whole.next('x')]).toEqual([
      { value: 1, done: false },
      { value: 4, done: false },
      { value: 'end', done: true },
      { value: undefined, done: true },
    ])
    const left = make()
    expect([left.next(), left.return('left')]).toEqual([
      { value: 1, done: false },
      { value: 'left', done: true },
    ])
    const thrown = make()
    expect([thrown.next(), thrown.throw(failure)]).toEqual([
      { value: 1, done: false },
      { value: 'true', done: true },
    ])
    const frozen = Object.freeze(rows())
    expect(recorder.withUser('user', () => frozen)).toBe(frozen)
    const promise = Promise.resolve(1)
    expect(recorder.withUser('user', () => promise)).toBe(promise)
  })

  it('that cannot be read are ignored', () => {
    const recorder = createTestRecorder()
    const hostile = [
      null,
      undefined,
      7,
      { feature: Symbol('x') },
      {
        get feature() {
          throw new Error('x')
        },
      },
    ]
    for (const attribution of hostile) {
      expect(recorder.withAttribution(attribution as never, () => 'ran')).toBe('ran')
      recorder.withAttribution(attribution as never, () => recorder.startLlmCall({ model: 'm' }).end())
    }
    expect(seriesOf(recorder, 'llm_requests_total')).toEqual({ '{model="m",endpoint="chat"}': hostile.length })
    for (const user of [7, {}, Symbol('x')]) recorder.withUser(user as never, () => recorder.trackError('timeout'))
    expect(recorder.lines.slice(-1)).toEqual(['[METRIC] [unknown] error error_type=timeout'])
  })
})
