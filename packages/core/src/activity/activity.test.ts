import { defineEvents } from '@quipu/catalog'
import { createTestClock } from '@quipu/testing'
import { describe, expect, it, vi } from 'vitest'
import { drops, seriesOf } from '../../../store/fixtures/all-series.js'
import { type ActivityEvent, createRecorder } from '../index.js'

const catalog = defineEvents({
  order_placed: { help: 'An order', fields: { channel: ['web', 'app'], items: 'count', note: 'text', bytes: 'bytes' } },
})

function setUp(options = {}) {
  const recorder = createRecorder({ catalog, activityLog: true, clock: createTestClock(), ...options })
  const events: ActivityEvent[] = []
  recorder.onActivity((event) => events.push(event))
  return { recorder, events }
}

describe('an activity event', () => {
  it('has a user, a time, and its fields in their original order', () => {
    const { recorder, events } = setUp()
    recorder.logMetric('llm_call', 'user@example.com', { message_count: 5, model: 'gpt-4' })
    expect(events).toEqual([
      {
        event: 'llm_call',
        user: 'user@example.com',
        fields: { message_count: 5, model: 'gpt-4' },
        unixMs: Date.UTC(2026, 0, 1),
      },
    ])
    expect(Object.keys(events[0]?.fields ?? {})).toEqual(['message_count', 'model'])
  })

  it('has only the fields that its entry declares, and others are counted', () => {
    const { recorder, events } = setUp()
    recorder.logMetric('tool_call', null, {
      tool_name: 'calculator',
      arguments: 'secret',
      constructor: 'secret',
    } as never)
    expect(events[0]?.fields).toEqual({ tool_name: 'calculator' })
    expect(drops(recorder)).toEqual({ 'tool_call undeclared_field': 2 })
  })

  it('leaves out null and undefined fields', () => {
    const { recorder, events } = setUp()
    recorder.logMetric('llm_call', null, { model: null, message_count: undefined, tool_count: 0 })
    expect(events[0]?.fields).toEqual({ tool_count: 0 })
    expect(drops(recorder)).toEqual({})
  })

  it.each<[string, unknown, unknown]>([
    ['items', 5n, 5n],
    ['items', 0, 0],
    ['items', -1, undefined],
    ['items', Number.NaN, undefined],
    ['items', Number.POSITIVE_INFINITY, undefined],
    ['items', '5', undefined],
    ['bytes', 1.5, 1.5],
    ['channel', 'fax', 'other'],
    ['channel', {}, undefined],
    ['channel', Symbol('web'), undefined],
    ['note', 'línea\r\n2\u2028', 'línea2'],
    ['note', 'x'.repeat(1 << 20), 'x'.repeat(128)],
    ['note', true, 'true'],
  ])('the field %s of %o', (field, value, kept) => {
    const { recorder, events } = setUp()
    recorder.logMetric('order_placed', null, { [field]: value })
    expect(events[0]?.fields[field]).toEqual(kept)
    expect(drops(recorder)).toEqual(kept === undefined ? { 'order_placed bad_field': 1 } : {})
  })

  it.each<[unknown, string | null]>([
    ['user@example.com', 'user@example.com'],
    ['a\nb', 'ab'],
    ['\n', null],
    ['', null],
    [undefined, 'ana'],
    [null, null],
    [{ toString: () => 'x' }, null],
    ['x'.repeat(1000), 'x'.repeat(256)],
  ])('the user %o', (user, kept) => {
    const { recorder, events } = setUp()
    recorder.withUser('ana', () => recorder.logMetric('error', user as string, {}))
    expect(events.map((event) => event.user)).toEqual([kept])
  })

  it('that is not in the catalogue is not created', () => {
    const { recorder, events } = setUp()
    for (const name of ['no_such_event', '__proto__', 'toString', Symbol('x')]) recorder.logMetric(name as string)
    expect(events).toEqual([])
    expect(drops(recorder)).toEqual({ 'activity unknown_event': 4 })
    expect([recorder.declaresEvent('llm_call'), recorder.declaresEvent('toString')]).toEqual([true, false])
  })

  it('with throwing getters has its other fields', () => {
    const { recorder, events } = setUp()
    recorder.logMetric('llm_call', null, {
      get model(): string {
        throw new Error('hostile')
      },
      message_count: 5,
    })
    expect(events[0]?.fields).toEqual({ message_count: 5 })
    expect(drops(recorder)).toEqual({ 'llm_call threw': 1 })
  })

  it('is not created for a disabled vocabulary; an application’s own events have no vocabulary', () => {
    const { recorder, events } = setUp({ vocabularies: ['securetrack'] })
    recorder.logMetric('llm_call', null, { model: 'gpt-4' })
    recorder.logMetric('order_placed', null, { items: 1 })
    expect(events.map(({ event }) => event)).toEqual(['order_placed'])
    expect(recorder.prepareEvent('llm_call', null, {})).toBeNull()
    expect(recorder.prepareEvent('order_placed', null, { items: 1 })).toMatchObject({ fields: { items: 1 } })
  })
})

describe('listeners', () => {
  it('first receives earlier events, then new ones', () => {
    const recorder = createRecorder({ activityLog: true })
    recorder.trackError('timeout')
    const heard: string[] = []
    const stop = recorder.onActivity(({ fields }) => heard.push(String(fields.error_type)))
    recorder.trackError('domain')
    stop()
    recorder.trackError('validation')
    expect(heard).toEqual(['timeout', 'domain'])
    recorder.onActivity(({ fields }) => heard.push(String(fields.error_type)))
    expect(heard).toEqual(['timeout', 'domain', 'validation'])
  })

  it('receives a thousand earlier events, and lost ones are counted', () => {
    const recorder = createRecorder({ activityLog: true })
    for (let i = 0; i < 1500; i++) recorder.trackError('timeout')
    let heard = 0
    recorder.onActivity(() => heard++)
    expect(heard).toBe(1000)
    expect(drops(recorder)).toEqual({ 'activity queue_full': 500 })
  })

  it('that is replaceable receives events only until another is added', () => {
    const recorder = createRecorder({ activityLog: true })
    recorder.trackError('timeout')
    const first: string[] = []
    const second: string[] = []
    const late: string[] = []
    const into = (list: string[]) => (event: ActivityEvent) => void list.push(String(event.fields.error_type))
    recorder.onActivity(into(first), { isReplaceable: true })
    recorder.trackError('domain')
    const stop = recorder.onActivity(into(second))
    recorder.onActivity(into(late), { isReplaceable: true })
    recorder.trackError('validation')
    stop()
    recorder.trackError('rate_limit')
    expect({ first, second, late }).toEqual({ first: ['timeout', 'domain'], second: ['validation'], late: [] })
  })

  it('that throws affects neither the caller nor the others', () => {
    const { recorder, events } = setUp()
    recorder.onActivity(() => {
      throw new Error('listener')
    })
    recorder.trackError('timeout')
    expect(events).toHaveLength(1)
    expect(seriesOf(recorder, 'quipu_guard_catches_total')).toEqual({ '{site="activity_listener"}': 1 })
  })

  it('that emits events causes no endless loop', () => {
    const { recorder, events } = setUp()
    recorder.onActivity(() => recorder.trackError('domain'))
    recorder.trackError('timeout')
    expect(events.map(({ fields }) => fields.error_type)).toEqual(['timeout'])
    expect(drops(recorder)).toEqual({ 'activity reentrant': 1 })
    recorder.trackError('timeout')
    expect(events).toHaveLength(2)
  })

  it('can be one of several, which stop separately', () => {
    const { recorder, events } = setUp()
    const more: ActivityEvent[] = []
    const stop = recorder.onActivity((event) => more.push(event))
    recorder.trackError('timeout')
    stop()
    stop()
    recorder.trackError('timeout')
    expect([events.length, more.length]).toEqual([2, 1])
  })
})

describe('switched off', () => {
  it('no event is created: input is neither read nor kept', () => {
    const recorder = createRecorder({ catalog, activityLog: false })
    const fields = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('looked at')
        },
      },
    )
    recorder.logMetric('order_placed', 'user@example.com', fields)
    recorder.trackError('timeout')
    recorder.startLlmCall({ model: 'gpt-4' }).end()
    const listener = vi.fn()
    recorder.configure({ activityLog: true })
    recorder.onActivity(listener)
    expect(listener).not.toHaveBeenCalled()
    expect(seriesOf(recorder, 'quipu_guard_catches_total')).toEqual({})
    recorder.trackError('timeout')
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['Yes', true],
    ['on', true],
    ['t', true],
    ['y', true],
    [' true ', true],
    ['false', false],
    ['0', false],
    ['', false],
    ['enabled', false],
    [undefined, false],
  ])('FEATURE_METRICS_LOGGING_ENABLED=%s is %s (A4–A7)', (value, on) => {
    vi.stubEnv('FEATURE_METRICS_LOGGING_ENABLED', value)
    try {
      expect(createRecorder().activityLogOn).toBe(on)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
