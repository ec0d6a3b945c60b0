import { diag, metrics } from '@opentelemetry/api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allSeries } from '../../store/fixtures/all-series.js'
import { helperCalls, run } from '../fixtures/helper-calls.js'
import { hostileValues } from '../fixtures/hostile-values.js'
import * as core from './index.js'

const recorder = core.createRecorder({ activityLog: true, idKey: 'sixteen characters' })
const labels = { model: 'gpt-4', endpoint: 'chat' }
const options = { model: 'gpt-4', endpoint: 'chat', provider: 'openai', messageCount: 5 }

/** Arguments of methods. Each is replaced in turn by each hostile value, except functions that are run. */
type Calls = { readonly [name: string]: readonly unknown[] }

const helpers: Calls = Object.fromEntries(Object.entries(helperCalls).map(([name, { given }]) => [name, given]))
const recorderMethods: Calls = {
  recordMetric: ['llm_requests_total', 1, labels],
  logMetric: ['llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5 }],
  readings: [],
  producer: [],
  recordPending: [],
  prepareEvent: ['llm_call', 'user@example.com', { model: 'gpt-4' }],
  declaresEvent: ['llm_call'],
  joinToolCall: ['calculator', 'other'],
  deferLlmCall: [],
  countActiveUser: ['user-42'],
  records: ['aki'],
  pseudonym: ['user-42'],
  drop: ['app', 'bad_label'],
  caught: ['site', new Error('x')],
  guard: ['site', run],
  declareRoute: ['/users/:id'],
}
/** Configuration may throw. */
const configuration = ['attach', 'configure', 'extend', 'onActivity', 'onCollect', 'onRecordPending']

const llmCall: Calls = {
  usage: [{ input_tokens: 1 }],
  firstOutput: [],
  chunk: [],
  output: ['text'],
  toolCalls: [1],
  agentCalls: [{ inference: 2, tool: 1 }],
  retried: ['timeout'],
  response: [{ model: 'gpt-4' }],
  describe: [{ provider: 'openai' }],
  end: ['complete'],
  fail: [new Error('x')],
  abort: [],
}

interface Call {
  readonly name: string
  readonly say: (value: unknown) => unknown
}

/** A call for each argument of each method of the object that `of` creates. */
function callsOf(title: string, table: Calls, of: () => object): Call[] {
  return Object.entries(table).flatMap(([name, good]) =>
    good.map(
      (argument, at): Call => ({
        name: `${title}${name}, argument ${at + 1}`,
        say: (value) => {
          const holder = of()
          const given = good.map((other, i) => (i === at && argument !== run ? value : other))
          return Reflect.apply(Reflect.get(holder, name), holder, given)
        },
      }),
    ),
  )
}

const instrument = (name: 'llm_requests_total' | 'app_active_sessions' | 'llm_request_duration_seconds') => () =>
  recorder.metrics[name]
const bound = (name: 'llm_requests_total' | 'llm_request_duration_seconds' | 'llm_completion_size_bytes') => () =>
  Reflect.get(recorder.metrics, name).with(labels)
const calls: readonly Call[] = [
  ...callsOf('recorder.', { ...helpers, ...recorderMethods }, () => recorder),
  ...callsOf('', { ...helpers, logMetric: recorderMethods.logMetric ?? [] }, () => core),
  ...callsOf('call.', llmCall, () => recorder.startLlmCall(options)),
  ...callsOf('call of an observer.', llmCall, () => recorder.deferLlmCall()(options)),
  { name: 'deferLlmCall, options', say: (value) => recorder.deferLlmCall()(value as core.LlmCallOptions) },
  ...callsOf('call within a call.', llmCall, () => recorder.withLlmCall(options, () => recorder.startLlmCall(options))),
  ...callsOf('tool call of a client.', { fail: [new Error('x')] }, () =>
    recorder.withToolCall('calculator', () => recorder.joinToolCall('calculator')),
  ),
  ...callsOf('feature.', { fail: [new Error('x')] }, () => recorder.startFeature('search')),
  ...callsOf('tool call.', { fail: [new Error('x')] }, () => recorder.startToolCall('calculator')),
  ...callsOf('counter.', { add: [1, labels], with: [labels], remove: [labels] }, instrument('llm_requests_total')),
  ...callsOf('gauge.', { set: [1, {}], with: [{}], remove: [{}] }, instrument('app_active_sessions')),
  ...callsOf(
    'histogram.',
    { record: [1, labels], with: [labels], remove: [labels] },
    instrument('llm_request_duration_seconds'),
  ),
  ...callsOf('counter handle.', { add: [1] }, bound('llm_requests_total')),
  ...callsOf('histogram handle.', { record: [1] }, bound('llm_request_duration_seconds')),
  ...callsOf('summary handle.', { record: [1] }, bound('llm_completion_size_bytes')),
  ...callsOf(
    'usage metrics.',
    {
      recordUserAction: ['message'],
      recordTokenUsage: ['m', 1, 1],
      recordExecutionTime: ['m', 812],
      recordModelUsage: ['m'],
      recordToolUsage: ['read_file'],
      recordMetric: ['token_input', 1, { dimensions: { model_id: 'm' } }],
    },
    () => new core.UsageMetrics({ recorder, idFile: '/dev/null/none' }),
  ),
  {
    name: 'new FeatureMetrics, name',
    say: (value) => new core.FeatureMetrics(value as string, { recorder }).end(),
  },
  { name: 'FeatureMetrics.fail', say: (value) => new core.FeatureMetrics('search', { recorder }).fail(value) },
  {
    name: 'new UserActionTimer, name',
    say: (value) => new core.UserActionTimer(value as string, { recorder }).end(),
  },
  { name: 'what a feature returns', say: (value) => recorder.withFeature('search', () => value) },
  { name: 'what a model call returns', say: (value) => recorder.withLlmCall(options, () => value) },
  { name: 'what a tool returns', say: (value) => recorder.withToolCall('calculator', () => value) },
  { name: 'describeError', say: core.describeError },
  { name: 'toLlmUsage', say: core.toLlmUsage },
]

// The reports about these calls are not part of the test’s output.
const noop = () => undefined
beforeAll(() => diag.setLogger({ error: noop, warn: noop, info: noop, debug: noop, verbose: noop }))
afterAll(() => diag.disable())

it('lists every method', () => {
  const methods = Object.entries(recorder).flatMap(([name, member]) => (typeof member === 'function' ? [name] : []))
  expect(methods.sort()).toEqual([...Object.keys(helpers), ...Object.keys(recorderMethods), ...configuration].sort())
  expect(Object.keys(recorder.startLlmCall(options)).filter((name) => name in llmCall)).toEqual(Object.keys(llmCall))
  const exported = Object.keys(core).filter((name) => name in recorder)
  expect(exported.sort()).toEqual([...Object.keys(helpers), 'logMetric'].sort())
})

it('has at least 117 calls', () => {
  expect(calls.length * hostileValues.length).toBeGreaterThan(117)
})

it.each(calls)('$name never throws', ({ say }) => {
  const threw = hostileValues.filter(([, make]) => {
    try {
      say(make())
      return false
    } catch {
      return true
    }
  })
  expect(threw.map(([name]) => name)).toEqual([])
})

describe('any value of fast-check', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  })

  it('as value, label or labels: nothing throws, no series becomes invalid', () => {
    const recorder = core.createRecorder()
    fc.assert(
      fc.property(anything, anything, anything, (value, label, bag) => {
        for (const instrument of [
          recorder.metrics.llm_requests_total,
          recorder.metrics.llm_request_duration_seconds,
          recorder.metrics.llm_completion_size_bytes,
          recorder.metrics.quipu_series,
        ]) {
          for (const method of ['add', 'record', 'set']) {
            Reflect.get(instrument, method)?.call(instrument, value, { model: label, endpoint: 'chat', metric: label })
            Reflect.get(instrument, method)?.call(instrument, 1, bag)
          }
        }
      }),
      { numRuns: 10_000 },
    )
    for (const held of Object.values(allSeries(recorder, { self: true }))) {
      const numbers = typeof held === 'number' ? [held] : [held.count, held.sum]
      for (const number of numbers) expect(Number.isFinite(number)).toBe(true)
    }
  })

  it('as any argument of any method: nothing throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...calls), anything, (call, value) => {
        call.say(value)
      }),
      { numRuns: 10_000 },
    )
  })
})

it('afterwards the recorder still records and can be read', async () => {
  const before = allSeries(recorder).user_logins_total ?? 0
  recorder.trackUserLogin()
  expect(allSeries(recorder).user_logins_total).toBe(Number(before) + 1)
  const { errors } = await recorder.producer({ temporality: 'delta' }).collect()
  expect(errors).toEqual([])
  recorder.attach(metrics.getMeterProvider())()
})
