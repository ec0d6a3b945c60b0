import { builtinCatalog, defineEvents, defineMetrics, QuipuError } from '@quipu/catalog'
import { createRecorder, UsageMetrics } from '@quipu/core'
import { catalogPage, createHandler, listen } from '@quipu/prometheus'
import { start } from '@quipu/sdk'
import * as presets from '@quipu/sdk/presets'
import { createTestRecorder } from '@quipu/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Valid values of options, nearly valid ones, and arbitrary ones. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...[undefined, null, true, false, 0, 1, -1, 0.5, 9464, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 10n],
    ...[
      '',
      'a',
      'plain',
      'hmac',
      'aki',
      'gen_ai',
      'delta',
      'grpc',
      'fail',
      'utf-8',
      'http://localhost:1',
      'x'.repeat(20),
    ],
    ...[
      [],
      ['aki'],
      ['a', 'b'],
      {},
      { a: 'b' },
      { a: ['b'] },
      { bearer: 'a' },
      { bearer: ' ' },
      { input: 1, output: 2 },
    ],
    ...[{ gpt: { input: 1, output: Number.NaN } }, { seriesPerMetric: 0 }, { seriesPerMetric: 3, valueLength: 2 }],
    ...[() => undefined, () => fc.sample(fc.anything(), 1)[0], Symbol('a'), new Date(), new Map([['a', 1]])],
    ...[
      builtinCatalog,
      { metrics: {}, events: {} },
      { metrics: { x: {} }, events: {} },
      { metrics: { x: null }, events: {} },
    ],
    ...[{ metrics: { x_total: { kind: 'counter', help: 'x', labels: { a: 'name' } } }, events: {} }],
    ...[{ metrics: { x: { kind: 'histogram', help: 'x', buckets: [2, 1] } }, events: {} }],
    ...[
      { monotonicMs: () => Number.NaN, unixMs: () => 'now' },
      { monotonicMs: () => 1, unixMs: () => 1 },
    ],
  ),
  fc.anything({ maxDepth: 2, withBigInt: true, withNullPrototype: true, withSparseArray: true }),
)

/** Options of a function: its own names with any values, sometimes an unknown name, sometimes not an object. */
const optionsOf = (...names: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...names, 'unknown'), value) },
    { weight: 1, arbitrary: value },
  )

/** The result of a construction; undefined if it was refused correctly. */
function construct<T>(create: () => T): T | undefined {
  try {
    return create()
  } catch (error) {
    if (QuipuError.isInstance(error)) return undefined
    throw error
  }
}

/** Removes types, which a JavaScript caller does not have. */
const untyped = (options: unknown): never => options as never

function recordAll(recorder: ReturnType<typeof createRecorder>): void {
  recorder.trackUserAction('export')
  recorder.trackSessionStart('session')
  recorder.updateWorkspaceSize('user', 5)
  recorder.trackError('timeout', { user: 'ana' })
  recorder.logMetric('llm_call', 'ana', { model: 'gpt-4', message_count: 5 })
  recorder.observeRequest({ endpoint: '/users/:id', method: 'GET', statusCode: 200, durationMs: 1 })
  const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat', messageCount: 1 })
  call.usage({ inputTokens: 3, outputTokens: 4 })
  call.end()
  for (const instrument of Object.values<object>(recorder.metrics)) {
    for (const method of ['add', 'set', 'record']) {
      const record: unknown = Reflect.get(instrument, method)
      if (typeof record === 'function') record.call(instrument, 1, { a: 'b' })
    }
  }
  for (const reading of recorder.readings()) reading.cells()
}

const recorderNames = [
  ...['vocabularies', 'genAiProfiles', 'prices', 'priceOf', 'tokensByUser', 'sessions', 'activityLog'],
  ...['limits', 'allow', 'clock'],
  ...['ids', 'idKey', 'exemplars', 'catalog', 'standard', 'groupIdKey'],
]

const check = (names: readonly string[], numRuns: number, run: (options: unknown) => void): void =>
  fc.assert(fc.property(optionsOf(...names), run), { numRuns })

describe('any options give a QuipuError or something that works', () => {
  test('createRecorder: what it accepts never makes recording throw', () => {
    check(recorderNames, 4000, (options) => {
      const recorder = construct(() => createRecorder(untyped(options)))
      if (recorder !== undefined) recordAll(recorder)
    })
  })

  test('createTestRecorder', () => {
    check([...recorderNames, 'strict'], 1000, (options) => void construct(() => createTestRecorder(untyped(options))))
  })

  test('UsageMetrics', () => {
    const recorder = createRecorder()
    check(['recorder', 'versionId', 'profileName', 'enabled', 'idFile'], 1000, (options) => {
      const usage = construct(() => new UsageMetrics(untyped({ ...Object(options), recorder })))
      usage?.recordUserAction('message')
    })
    expect(() => new UsageMetrics(untyped({ versionId: 7 }))).toThrow(QuipuError)
  })

  test('createHandler and listen', async () => {
    const handlerNames = ['pages', 'auth', 'names', 'maxInFlight', 'timeoutMs', 'onError', 'recorder']
    const pages = { '/custom_metrics': catalogPage(createRecorder()) }
    check(handlerNames, 1000, (options) => void construct(() => createHandler(untyped(options))))
    check(handlerNames, 1000, (options) => void construct(() => createHandler(untyped({ pages, ...Object(options) }))))
    const refused = { port: 'x', host: 7, allowPublic: 1, unknown: 2 }
    for (const [name, wrong] of Object.entries(refused)) {
      await expect(listen(createHandler({ pages }), untyped({ [name]: wrong }))).rejects.toThrow(QuipuError)
    }
  })

  test('defineMetrics and defineEvents', () => {
    const entry = fc.dictionary(fc.constantFrom('kind', 'help', 'labels', 'unit', 'buckets', 'budget', 'fields'), value)
    const specs = fc.oneof(value, fc.dictionary(fc.constantFrom('x_total', 'y', '__proto__'), fc.oneof(entry, value)))
    fc.assert(
      fc.property(specs, value, (given, options) => {
        const catalog = construct(() => defineMetrics(untyped(given), untyped(options)))
        if (catalog !== undefined) recordAll(createRecorder({ catalog }))
        construct(() => defineEvents(untyped(given)))
      }),
      { numRuns: 1000 },
    )
  })

  test.each(Object.keys(presets).filter((name) => !/^(?:to|check)[A-Z]/.test(name)))('the preset %s', (name) => {
    const create: (options: unknown) => unknown = Reflect.get(presets, name)
    const names = [
      'url',
      'site',
      'apiKey',
      'token',
      'region',
      'temporality',
      'protocol',
      'histograms',
      'spool',
      'timeoutMs',
    ]
    check(names, 50, (options) => void construct(() => create(options)))
  })
})

describe('start', () => {
  const stderr = process.stderr.write
  beforeAll(() => {
    process.stderr.write = () => true
  })
  afterAll(() => {
    process.stderr.write = stderr
  })

  test('any options give a QuipuError, or a Quipu that ends', async () => {
    const names = [
      'serviceName',
      'resource',
      'activityLog',
      'attach',
      'exitHooks',
      'models',
      'processes',
      ...recorderNames,
    ]
    await fc.assert(
      fc.asyncProperty(optionsOf(...names), async (options) => {
        const isObject = typeof options === 'object' && options !== null
        const fixed = { standardMetrics: false, shutdownTimeoutMs: 50, processes: 'single', recorder: createRecorder() }
        const quipu = construct(() => start(untyped(isObject ? { ...fixed, ...options } : options)))
        await quipu?.shutdown()
      }),
      { numRuns: 1000 },
    )
  }, 60_000)
})
