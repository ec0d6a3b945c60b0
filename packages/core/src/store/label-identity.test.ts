import { defineMetrics } from '@quipu/catalog'
import { describe, expect, it } from 'vitest'
import { drops, seriesOf } from '../../fixtures/all-series.js'
import { createRecorder } from '../index.js'

const catalog = defineMetrics({
  pairs_total: { kind: 'counter', help: 'Pairs', labels: { model: 'text', provider: 'text' } },
  replies_total: { kind: 'counter', help: 'Replies', labels: { code: 'status' } },
  odd_names_total: {
    kind: 'counter',
    help: 'Labels that every object inherits',
    labels: { constructor: { class: 'name', optional: true }, toString: { class: 'name', optional: true } },
  },
  constructor: { kind: 'counter', help: 'A metric of a name that every object inherits' },
  deep_total: {
    kind: 'counter',
    help: 'Five labels',
    labels: { a: 'text', b: 'text', c: 'text', d: 'text', e: 'text' },
  },
  maybe_total: {
    kind: 'counter',
    help: 'Optional labels',
    labels: { one: { class: 'name', optional: true }, two: { class: 'name', optional: true } },
  },
})

/** As JavaScript calls it: what the types rule out is what is tested. */
function add(recorder: ReturnType<typeof create>, name: string, labels: unknown): void {
  Reflect.get(recorder.metrics, name).add(1, labels)
}
const create = () => createRecorder({ catalog })

describe('one series is one set of label values', () => {
  it.each([
    ['a bar', { model: 'a|b', provider: 'c' }, { model: 'a', provider: 'b|c' }],
    ['a comma', { model: 'q,provider:w', provider: 'x' }, { model: 'q', provider: 'w,provider:x' }],
    ['a quote', { model: 'a"b', provider: 'c' }, { model: 'a', provider: '"b"c' }],
    ['a line break', { model: 'a\nb', provider: 'c' }, { model: 'a', provider: '\nbc' }],
    ['a NUL', { model: 'a\0b', provider: 'c' }, { model: 'a', provider: 'b\0c' }],
    ['nothing', { model: 'undefined', provider: 'null' }, { model: 'null', provider: 'undefined' }],
  ])('values with %s are not joined to one', (_, first, second) => {
    const recorder = create()
    recorder.metrics.pairs_total.add(1, first)
    recorder.metrics.pairs_total.add(2, second)
    expect(Object.values(seriesOf(recorder, 'pairs_total'))).toEqual([1, 2])
  })

  it.each([[200], ['200'], [200n], [Number('2e2')]])('%o is the status 200', (code) => {
    const recorder = create()
    recorder.metrics.replies_total.add(1, { code: '200' })
    add(recorder, 'replies_total', { code })
    expect(seriesOf(recorder, 'replies_total')).toEqual({ '{code="200"}': 2 })
  })

  it('the order of the labels does not matter', () => {
    const recorder = create()
    recorder.metrics.pairs_total.add(1, { model: 'm', provider: 'p' })
    recorder.metrics.pairs_total.add(1, { provider: 'p', model: 'm' })
    expect(seriesOf(recorder, 'pairs_total')).toEqual({ '{model="m",provider="p"}': 2 })
  })

  it('a label beyond the third tells series apart as well', () => {
    const recorder = create()
    const labels = { a: '1', b: '2', c: '3', d: '4', e: '5' }
    recorder.metrics.deep_total.add(1, labels)
    recorder.metrics.deep_total.add(1, labels)
    recorder.metrics.deep_total.add(1, { ...labels, e: '6' })
    recorder.metrics.deep_total.add(1, { ...labels, a: '6' })
    expect(Object.values(seriesOf(recorder, 'deep_total'))).toEqual([2, 1, 1])
  })

  it('an optional label that is left out, undefined or null is no label, and not the text of it', () => {
    const recorder = create()
    recorder.metrics.maybe_total.add(1)
    recorder.metrics.maybe_total.add(1, {})
    recorder.metrics.maybe_total.add(1, { one: undefined })
    add(recorder, 'maybe_total', { one: null, two: undefined })
    recorder.metrics.maybe_total.add(1, { one: 'undefined' })
    recorder.metrics.maybe_total.add(1, { two: 'x' })
    expect(seriesOf(recorder, 'maybe_total')).toEqual({ '': 4, '{one="undefined"}': 1, '{two="x"}': 1 })
  })
})

describe('names that every object inherits', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is a value like any other',
    (name) => {
      const recorder = create()
      recorder.metrics.pairs_total.add(1, { model: name, provider: name })
      recorder.metrics.pairs_total.add(1, { model: name, provider: name })
      expect(seriesOf(recorder, 'pairs_total')).toEqual({ [`{model="${name}",provider="${name}"}`]: 2 })
    },
  )

  it('a label of such a name is there only when it is given', () => {
    const recorder = create()
    add(recorder, 'odd_names_total', {})
    add(recorder, 'odd_names_total', { constructor: 'x' })
    add(recorder, 'odd_names_total', Object.create(null))
    expect(seriesOf(recorder, 'odd_names_total')).toEqual({ '': 2, '{constructor="x"}': 1 })
    expect(drops(recorder)).toEqual({})
  })

  it('a metric of such a name is a metric, and no other is found by one', () => {
    const recorder = create()
    recorder.recordMetric('constructor', 2)
    expect(seriesOf(recorder, 'constructor')).toEqual({ '': 2 })
    recorder.recordMetric('toString', 1)
    expect(drops(recorder)).toEqual({ 'unknown unknown_metric': 1 })
  })

  it('labels of such names are allowed nothing that was not allowed', () => {
    expect(() => createRecorder({ catalog, allow: {} })).not.toThrow()
  })
})

describe('what a caller passes is read once and kept nowhere', () => {
  it('an object that changes later changes no series', () => {
    const recorder = create()
    const labels = { model: 'first', provider: 'p' }
    recorder.metrics.pairs_total.add(1, labels)
    const handle = recorder.metrics.pairs_total.with(labels)
    labels.model = 'second'
    handle.add()
    recorder.metrics.pairs_total.add(1, labels)
    expect(seriesOf(recorder, 'pairs_total')).toEqual({
      '{model="first",provider="p"}': 2,
      '{model="second",provider="p"}': 1,
    })
  })

  it.each<[string, object]>([
    ['frozen', Object.freeze({ model: 'm', provider: 'p' })],
    ['without a prototype', Object.assign(Object.create(null), { model: 'm', provider: 'p' })],
    ['inherited', Object.create({ model: 'm', provider: 'p' })],
    ['behind a proxy', new Proxy({ model: 'm', provider: 'p' }, {})],
    [
      'of a class with getters',
      new (class {
        get model() {
          return 'm'
        }
        get provider() {
          return 'p'
        }
      })(),
    ],
    ['with more than is declared', { model: 'm', provider: 'p', secret: 's3cret' }],
  ])('labels %s are labels', (_, labels) => {
    const recorder = create()
    add(recorder, 'pairs_total', labels)
    add(recorder, 'pairs_total', labels)
    expect(seriesOf(recorder, 'pairs_total')).toEqual({ '{model="m",provider="p"}': 2 })
  })

  it('an undeclared label is never asked for', () => {
    const recorder = create()
    let asked = 0
    add(recorder, 'pairs_total', {
      model: 'm',
      provider: 'p',
      get secret() {
        return ++asked
      },
    })
    expect(asked).toBe(0)
  })
})

describe('what is no label value costs the observation and nothing else', () => {
  const failing = {
    get: () => {
      throw new Error('hostile')
    },
    has: () => {
      throw new Error('hostile')
    },
  }
  it.each<[string, unknown, string]>([
    ['no labels', undefined, 'missing_label'],
    ['null for labels', null, 'missing_label'],
    ['a text for labels', 'model', 'missing_label'],
    ['a number for labels', 7, 'missing_label'],
    ['a label too few', { model: 'm' }, 'missing_label'],
    ['null', { model: null, provider: 'p' }, 'missing_label'],
    ['a symbol', { model: Symbol('m'), provider: 'p' }, 'bad_label'],
    ['a function', { model: () => 'm', provider: 'p' }, 'bad_label'],
    ['an object', { model: {}, provider: 'p' }, 'bad_label'],
    ['a boxed text', { model: new String('m'), provider: 'p' }, 'bad_label'],
    [
      'a getter that throws',
      {
        get model() {
          throw new Error('hostile')
        },
        provider: 'p',
      },
      'threw',
    ],
    [
      'a getter that throws a proxy',
      {
        get model() {
          throw new Proxy({}, failing)
        },
        provider: 'p',
      },
      'threw',
    ],
    ['a proxy that throws', new Proxy({}, failing), 'threw'],
  ])('%s is counted by its reason', (_, labels, reason) => {
    const recorder = create()
    add(recorder, 'pairs_total', labels)
    expect(seriesOf(recorder, 'pairs_total')).toEqual({})
    expect(drops(recorder)).toEqual({ [`pairs_total ${reason}`]: 1 })
  })

  it('a handle on no series counts each thing that is said to it', () => {
    const recorder = create()
    const handle = Reflect.get(recorder.metrics, 'pairs_total').with({ model: Symbol('m') } as never)
    handle.add()
    handle.add()
    expect(drops(recorder)).toEqual({ 'pairs_total bad_label': 3 })
  })

  it('a QuipuError that a getter of the application throws is one like any other', () => {
    const recorder = create()
    const own = createRecorder({ strict: true })
    expect(() =>
      add(recorder, 'pairs_total', {
        get model() {
          return own.metrics.user_logins_total.add(Number.NaN)
        },
        provider: 'p',
      }),
    ).not.toThrow()
  })
})

describe('pseudonyms', () => {
  it('the pseudonym of one user, said as a user, is another user', () => {
    const recorder = createRecorder({ idKey: 'a secret of sixteen' })
    recorder.updateWorkspaceSize('user-42', 10)
    const [cell] =
      recorder
        .readings()
        .find((one) => one.name === 'workspace_size_bytes')
        ?.cells() ?? []
    const pseudonym = cell?.values[0] ?? ''
    expect(pseudonym).toMatch(/^[0-9a-f]{16}$/)
    recorder.updateWorkspaceSize(pseudonym, 99)
    expect(Object.values(seriesOf(recorder, 'workspace_size_bytes'))).toEqual([10, 99])
  })

  it('ids that are kept plain are cleaned and cut all the same', () => {
    const recorder = createRecorder({ ids: 'plain' })
    recorder.updateWorkspaceSize('a\nb', 1)
    recorder.updateWorkspaceSize('x'.repeat(1 << 20), 2)
    expect(Object.keys(seriesOf(recorder, 'workspace_size_bytes'))).toEqual([
      '{user_id="ab"}',
      `{user_id="${'x'.repeat(128)}"}`,
    ])
  })
})
