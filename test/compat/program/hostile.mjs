import { createRecorder } from '@quipu/core'
import { equal, ok } from './checks.mjs'
import { seriesValue } from './read.mjs'
import { shop } from './record.mjs'

const explode = () => {
  throw new Error('hostile')
}
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const circular = () => {
  const value = {}
  value.self = value
  return value
}

/** Invalid arguments. */
const hostileValues = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  'a negative number': () => -1,
  'minus zero': () => -0,
  'the largest number': () => Number.MAX_VALUE,
  'a bigint': () => 10n ** 400n,
  'a symbol': () => Symbol('hostile'),
  'an empty string': () => '',
  'a megabyte': () => 'x'.repeat(1 << 20),
  'lone surrogates': () => '\ud800\udc00\udc00',
  'control characters': () => 'a\0b\r\nc\u2028d',
  __proto__: () => '__proto__',
  'an object that throws': () => ({
    toString: explode,
    valueOf: explode,
    toJSON: explode,
    [Symbol.toPrimitive]: explode,
  }),
  'a getter that throws': () => Object.defineProperty({}, 'model', { get: explode, enumerable: true }),
  'a proxy that throws': () => new Proxy({}, { get: explode, ownKeys: explode, has: explode, getPrototypeOf: explode }),
  'a revoked proxy': revoked,
  'a circular object': circular,
  'an object without prototype': () => Object.create(null),
  'a function': () => explode,
  'an invalid date': () => new Date(Number.NaN),
  'an array': () => [1, [2]],
}

/** Calls everything that records with the same invalid value in each place. */
function callsWith(recorder, bad) {
  const { metrics } = recorder
  return [
    () => metrics.shop_orders_total.add(bad, { channel: 'web', country: 'PE' }),
    () => metrics.shop_orders_total.add(1, bad),
    () => metrics.shop_orders_total.add(1, { channel: bad, country: bad }),
    () => metrics.shop_orders_total.remove(bad),
    () => metrics.shop_basket_items.with(bad).record(bad),
    () => metrics.app_active_sessions.set(bad),
    () => recorder.recordMetric(bad, bad, bad),
    () => recorder.withFeature(bad, () => 1),
    () => recorder.startFeature(bad).fail(bad),
    () => recorder.trackFeatureError(bad, bad),
    () => recorder.trackUserAction(bad),
    () => recorder.trackAuthFailure(bad),
    () => recorder.trackSessionStart(bad),
    () => recorder.trackSessionEnd(bad),
    () => recorder.updateWorkspaceSize(bad, bad),
    () => recorder.deleteWorkspace(bad),
    () => recorder.recordAnalysisComplexity(bad, bad),
    () => recorder.recordLlmTokens(bad, bad, bad),
    () => recorder.recordLlmCompletionSize(bad, bad),
    () => recorder.recordLlmError(bad, bad),
    () => recorder.startLlmCall(bad).end(),
    () => {
      const call = recorder.startLlmCall({ model: bad, endpoint: bad, user: bad })
      call.usage(bad)
      call.usage({ inputTokens: bad, outputTokens: bad })
      call.output(bad)
      call.toolCalls(bad)
      call.fail(bad)
    },
    () => recorder.withToolCall(bad, () => 1, bad),
    () => recorder.observeRequest(bad),
    () => recorder.observeRequest({ endpoint: bad, method: bad, statusCode: bad, durationMs: bad }),
    () => recorder.trackFileUpload(bad),
    () => recorder.trackFileUpload({ sizeBytes: bad, contentType: bad }),
    () => recorder.trackFileStored({ sizeBytes: bad, contentType: bad, key: bad }),
    () => recorder.trackError(bad, bad),
    () => recorder.logMetric(bad, bad, bad),
    () => recorder.logMetric('llm_call', bad, { model: bad, message_count: bad }),
    () => recorder.withUser(bad, () => recorder.trackError('timeout')),
    () => recorder.withAttribution(bad, () => 1),
  ]
}

/** No recording function throws for any argument, and later valid calls count. */
export async function hostileChecks({ check }) {
  for (const [name, make] of Object.entries(hostileValues)) {
    await check(`recording takes ${name}`, async () => {
      const recorder = createRecorder({ catalog: shop, activityLog: true })
      recorder.onActivity(explode)
      for (const call of callsWith(recorder, make())) {
        let result
        try {
          result = call()
        } catch (error) {
          throw new Error(`${call} threw ${describe(error)}`)
        }
        await result
      }
      recorder.trackUserAction('after')
      equal(seriesValue(recorder, 'user_action_total', { action_type: 'after' }), 1)
      const { errors } = await recorder.producer().collect()
      equal(errors.length, 0, 'errors of the producer')
    })
  }

  await check('what was not taken is counted', () => {
    const recorder = createRecorder({ catalog: shop })
    recorder.metrics.shop_orders_total.add(Number.NaN, { channel: 'web', country: 'PE' })
    const dropped = recorder.readings().find(({ name }) => name === 'quipu_dropped_total')
    ok(
      dropped.cells().some(({ values }) => values[0] === 'shop_orders_total'),
      'quipu_dropped_total names the metric',
    )
  })
}

function describe(error) {
  try {
    return String(error?.stack ?? error)
  } catch {
    return 'something that has no text'
  }
}
