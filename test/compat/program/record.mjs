import { defineMetrics } from '@quipu/catalog'
import { QuipuError } from '@quipu/catalog/builtin'
import { createRecorder, defaultRecorder, FeatureMetrics, trackUserAction, UserActionTimer } from '@quipu/core'
import { equal, ok } from './checks.mjs'
import { seriesValue } from './read.mjs'

export const shop = defineMetrics({
  shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'], country: 'name' } },
  shop_basket_items: {
    kind: 'histogram',
    help: 'Items in a basket',
    unit: '{item}',
    buckets: [1, 2, 5, 10],
    labels: { channel: ['web', 'app'] },
  },
  shop_notes_total: { kind: 'counter', help: 'Notes "quoted" and \\ slashed', labels: { note: 'text' } },
})

/** The store has the values recorded by instruments, helpers and observations. */
export async function recordChecks({ check }) {
  await check('instruments hold what they were given', () => {
    const { metrics, readings } = createRecorder({ catalog: shop })
    metrics.shop_orders_total.add(1, { channel: 'web', country: 'PE' })
    metrics.shop_orders_total.add(2, { channel: 'web', country: 'PE' })
    const web = metrics.shop_basket_items.with({ channel: 'web' })
    for (const items of [1, 3, 30]) web.record(items)
    metrics.app_active_sessions.set(3)
    equal(seriesValue({ readings }, 'shop_orders_total', { channel: 'web', country: 'PE' }), 3)
    equal(seriesValue({ readings }, 'shop_basket_items', { channel: 'web' }), { sum: 34, counts: [1, 0, 1, 0, 1] })
    equal(seriesValue({ readings }, 'app_active_sessions', {}), 3)
    equal(metrics.shop_orders_total.remove({ country: 'PE' }), 1)
    equal(seriesValue({ readings }, 'shop_orders_total', { channel: 'web', country: 'PE' }), undefined)
  })

  await check('a feature is counted, timed, and gives back what its function does', async () => {
    const recorder = createRecorder()
    equal(await recorder.withFeature('search', async () => 7), 7)
    const failure = new TypeError('no')
    const caught = await recorder.withFeature('search', () => Promise.reject(failure)).catch((error) => error)
    ok(caught === failure, 'the same error is thrown')
    equal(seriesValue(recorder, 'feature_usage_total', { feature_name: 'search' }), 2)
    ok(
      seriesValue(recorder, 'feature_duration_seconds', { feature_name: 'search' }).sum >= 0,
      'durations are not negative',
    )
  })

  await check('wrapped functions keep name, length, this and results; generators run until they end', async () => {
    const recorder = createRecorder()
    const wrapped = recorder.trackFeature('export', function* rows(_first, _second) {
      yield* this.all
    })
    equal([wrapped.name, wrapped.length], ['rows', 2])
    equal([...wrapped.call({ all: [1, 2] })], [1, 2])
    equal(seriesValue(recorder, 'feature_usage_total', { feature_name: 'export' }), 1)
  })

  await check('objects that end with their scope', () => {
    const recorder = createRecorder()
    const feature = new FeatureMetrics('scope', { recorder })
    feature[Symbol.dispose]()
    const timer = new UserActionTimer('upload', { recorder })
    timer[Symbol.dispose]()
    equal(seriesValue(recorder, 'feature_usage_total', { feature_name: 'scope' }), 1)
    equal(seriesValue(recorder, 'user_action_total', { action_type: 'upload' }), 1)
  })

  await check('one model call records every vocabulary', () => {
    const recorder = createRecorder()
    const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat', provider: 'openai', messageCount: 5 })
    call.firstOutput()
    call.output('añ')
    call.usage({ prompt_tokens: 120, completion_tokens: 30 })
    call.end()
    call.fail(new Error('too late'))
    equal(seriesValue(recorder, 'llm_requests_total', { model: 'gpt-4', endpoint: 'chat' }), 1)
    const tokens = (type) => seriesValue(recorder, 'llm_tokens_total', { model: 'gpt-4', type })
    equal([tokens('input'), tokens('output'), tokens('total')], [120, 30, 150])
    equal(seriesValue(recorder, 'llm_completion_size_bytes', { model: 'gpt-4' }), { sum: 3, count: 1 })
    const recorded = recorder.readings().filter((reading) => reading.cells().length > 0)
    for (const scope of ['quipu.securetrack', 'quipu.aki', 'quipu.gen_ai']) {
      ok(
        recorded.some((reading) => reading.scope === scope),
        `${scope} is spoken`,
      )
    }
  })

  await check('the helpers of the package share one recorder', () => {
    const before = seriesValue(defaultRecorder(), 'user_action_total', { action_type: 'compat' }) ?? 0
    trackUserAction('compat')
    equal(seriesValue(defaultRecorder(), 'user_action_total', { action_type: 'compat' }), before + 1)
  })

  await check('a name that would be exported twice is refused at construction', () => {
    let thrown
    try {
      createRecorder({
        catalog: defineMetrics({ feature_usage_total: { kind: 'counter', help: 'Another', labels: {} } }),
      })
    } catch (error) {
      thrown = error
    }
    ok(thrown instanceof QuipuError, 'a QuipuError is thrown')
    equal(thrown.code, 'QUIPU_CATALOG_NAME_COLLISION')
  })

  await check('series beyond the budget fold into other, and the total stays', () => {
    const recorder = createRecorder()
    for (let i = 0; i < 1000; i++) recorder.trackFeatureUsage(`feature_${i}`)
    const usage = recorder.readings().find(({ name }) => name === 'feature_usage_total')
    ok(usage.cells().length < 300, 'series are bounded')
    equal(
      usage.cells().reduce((sum, cell) => sum + cell.data[cell.at], 0),
      1000,
    )
  })
}
