import { defineEvents, defineMetrics, mergeCatalogs } from '@quipu/catalog'
import { createTestClock } from '@quipu/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { allSeries, drops, seriesOf } from '../../store/fixtures/all-series.js'
import { createRecorder, type Recorder } from './index.js'

afterEach(() => vi.unstubAllEnvs())
const shop = defineMetrics({
  shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'], country: 'name' } },
  shop_basket_items: {
    kind: 'histogram',
    help: 'Items',
    unit: '{item}',
    buckets: [1, 2, 5, 10],
    labels: { channel: ['web', 'app'] },
  },
})
const systems = (recorder: ReturnType<typeof createRecorder>) =>
  [...new Set(recorder.readings().map((one) => one.spec.vocabulary ?? 'app'))].sort()

describe('a recorder', () => {
  it('has the built-in metrics and your own, each under its documented names', () => {
    const recorder = createRecorder({ catalog: shop })
    const web = recorder.metrics.shop_basket_items.with({ channel: 'web' })
    web.record(3)
    recorder.metrics.shop_orders_total.add(1, { channel: 'web', country: 'PE' })
    recorder.metrics.app_active_sessions.set(3)
    expect(allSeries(recorder)).toEqual({
      'shop_orders_total{channel="web",country="PE"}': 1,
      'shop_basket_items{channel="web"}': { count: 1, sum: 3 },
      app_active_sessions: 3,
    })
    const names = Object.fromEntries(
      recorder.readings().map((one) => [one.name, [one.prometheusName, one.otlpName, one.scope]]),
    )
    expect(names.user_action).toEqual(['aki_user_action_total', 'user_action', 'quipu.aki'])
    expect(names.user_action_total).toEqual(['user_action_total', 'user_action_total', 'quipu.securetrack'])
    expect(names.shop_orders_total).toEqual(['shop_orders_total', 'shop_orders_total', 'quipu.app'])
    expect(names.quipu_dropped_total?.[2]).toBe('quipu')
  })

  it('has its metrics as properties that stay the same', () => {
    const { metrics } = createRecorder()
    expect(Object.keys(metrics)).toContain('llm_requests_total')
    expect('llm_requests_total' in metrics).toBe(true)
    expect(metrics.llm_requests_total).toBe(metrics.llm_requests_total)
    expect(Object.values(metrics)).toContain(metrics.llm_requests_total)
    expect('constructor' in metrics).toBe(false)
  })

  it('is isolated from other recorders', () => {
    const [one, other] = [createRecorder(), createRecorder()]
    one.trackUserLogin()
    expect(allSeries(other)).toEqual({})
  })

  it('has helpers that need no `this`', () => {
    const recorder = createRecorder()
    const { trackUserLogin, withFeature, logMetric, recordMetric } = recorder
    trackUserLogin()
    withFeature('search', () => 1)
    recordMetric('user_registrations_total', 1)
    logMetric('error')
    expect(Object.keys(allSeries(recorder))).toEqual(
      expect.arrayContaining(['user_logins_total', 'user_registrations_total']),
    )
  })

  it('records all vocabularies by default, and Aki’s not under DO_NOT_TRACK', () => {
    const all = ['aki', 'gen_ai', 'instrumentator', 'quipu', 'securetrack', 'self', 'semconv']
    expect(systems(createRecorder())).toEqual(all)
    vi.stubEnv('DO_NOT_TRACK', '1')
    expect(systems(createRecorder())).toEqual(all.filter((one) => one !== 'aki'))
    expect(systems(createRecorder({ vocabularies: ['aki'] }))).toEqual(['aki', 'instrumentator', 'self', 'semconv'])
    expect(systems(createRecorder({ vocabularies: [], standard: ['prom_client'] }))).toEqual(['prom_client', 'self'])
    vi.stubEnv('DO_NOT_TRACK', '0')
    expect(systems(createRecorder())).toEqual(all)
  })

  it('can change its vocabularies later and keeps earlier values', () => {
    const recorder = createRecorder()
    recorder.trackUserLogin()
    recorder.configure({ vocabularies: ['aki'] })
    expect([recorder.records('securetrack'), recorder.records('aki'), recorder.records('self')]).toEqual([
      false,
      true,
      true,
    ])
    expect(allSeries(recorder)).toEqual({})
    recorder.configure({ vocabularies: ['securetrack'] })
    expect(allSeries(recorder)).toEqual({ user_logins_total: 1 })
  })

  it('stores the trace of a recorded value, if the option is set', () => {
    let trace: { traceId: string; spanId: string } | undefined = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    const recorder = createRecorder({ clock: createTestClock(), exemplars: () => trace })
    recorder.trackUserLogin()
    recorder.metrics.feature_duration_seconds.record(0.3, { feature_name: 'search' })
    trace = undefined
    recorder.trackUserLogin()
    const exemplars = (name: string) =>
      recorder
        .readings()
        .find((one) => one.name === name)
        ?.cells()[0]?.exemplars
    const exemplar = { unixMs: Date.UTC(2026, 0, 1), traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    expect(exemplars('user_logins_total')).toEqual([{ ...exemplar, value: 1 }])
    expect(exemplars('feature_duration_seconds')?.[1]).toEqual({ ...exemplar, value: 0.3 })
    const throwing = createRecorder({
      exemplars: () => {
        throw new Error('tracer')
      },
    })
    throwing.trackUserLogin()
    expect(seriesOf(throwing, 'user_logins_total')).toEqual({ '': 1 })
    expect(drops(throwing)).toEqual({ 'exemplar threw': 1 })
    const recording: Recorder = createRecorder({
      exemplars() {
        recording.trackUserLogin()
        return undefined
      },
    })
    recording.trackUserRegistration()
    expect(seriesOf(recording, 'user_logins_total')).toEqual({ '': 1 })
  })
})

describe('extend', () => {
  it('adds entries, and accepts identical ones again', () => {
    const recorder = createRecorder()
    const extended = recorder.extend(shop)
    extended.metrics.shop_orders_total.add(1, { channel: 'web', country: 'PE' })
    recorder.extend(JSON.parse(JSON.stringify(shop)))
    expect(seriesOf(recorder, 'shop_orders_total')).toEqual({ '{channel="web",country="PE"}': 1 })
  })

  const collision = expect.objectContaining({ code: 'QUIPU_CATALOG_NAME_COLLISION' })
  it.each<[string, object]>([
    ['another metric of the same name', { metrics: { shop_orders_total: { kind: 'gauge', help: 'x' } }, events: {} }],
    [
      'a name that pages would make the same (T1)',
      { metrics: { 'shop.orders': { kind: 'counter', help: 'x' } }, events: {} },
    ],
    ['a built-in name', { metrics: { llm_requests_total: { kind: 'counter', help: 'x' } }, events: {} }],
    [
      'another event of a built-in name',
      { metrics: {}, events: { llm_call: { help: 'x', fields: { prompt: 'text' } } } },
    ],
  ])('refuses %s, and takes nothing of it', (_, catalog) => {
    const recorder = createRecorder({ catalog: shop, activityLog: true })
    const before = recorder.readings().map((one) => one.name)
    expect(() => recorder.extend(catalog as typeof shop)).toThrow(collision)
    expect(() => createRecorder({ catalog: mergeCatalogs(shop), ...{} }).extend(catalog as typeof shop)).toThrow(
      collision,
    )
    expect(recorder.readings().map((one) => one.name)).toEqual(before)
    expect(recorder.prepareEvent('llm_call', null, { model: 'm', prompt: 'secret' })?.fields).toEqual({ model: 'm' })
  })

  it('adds your own events', () => {
    const recorder = createRecorder({ activityLog: true }).extend(
      defineEvents({ order_placed: { help: 'An order', fields: { items: 'count' } } }),
    )
    const heard: unknown[] = []
    recorder.onActivity((event) => heard.push(event.fields))
    recorder.logMetric('order_placed', null, { items: 3 })
    expect(heard).toEqual([{ items: 3 }])
  })
})

it('recordMetric writes according to the kind of the metric', () => {
  const recorder = createRecorder()
  recorder.recordMetric('user_logins_total', 2)
  recorder.recordMetric('app_active_sessions', 2)
  recorder.recordMetric('app_active_sessions', 5)
  recorder.recordMetric('analysis_complexity', 7, { analysis_type: 'data_flow' })
  expect(allSeries(recorder)).toEqual({
    user_logins_total: 2,
    app_active_sessions: 5,
    'analysis_complexity{analysis_type="data_flow"}': { count: 1, sum: 7 },
  })
})

it('a short key of pseudonyms is refused and not shown', () => {
  expect(() => createRecorder({ idKey: 'hunter2' })).toThrow(
    expect.objectContaining({
      code: 'QUIPU_CONFIG_INVALID',
      message: expect.not.stringContaining('hunter2'),
      what: 'The option idKey of createRecorder() must be a text of at least 16 characters.',
    }),
  )
})

it('guard runs a function and counts its errors', () => {
  const recorder = createRecorder()
  expect(recorder.guard('here', () => 7)).toBe(7)
  expect(
    recorder.guard('here', () => {
      throw new Error('x')
    }),
  ).toBeUndefined()
  expect(seriesOf(recorder, 'quipu_guard_catches_total')).toEqual({ '{site="here"}': 1 })
  expect(() =>
    createRecorder({ strict: true }).guard('here', () => {
      throw new Error('x')
    }),
  ).toThrow('x')
})
