import { defineMetrics } from '@quipu/catalog'
import { describe, expect, it } from 'vitest'
import { drops, seriesOf } from '../../fixtures/all-series.js'
import { createStore } from '../create-store.js'

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

/** Calls from JavaScript, with values that the types exclude. */
function add(store: { readonly metrics: object }, name: string, labels: unknown): void {
  Reflect.get(store.metrics, name).add(1, labels)
}
const create = () => createStore({ catalog })

describe('one series is one set of label values', () => {
  it.each([
    ['a bar', { model: 'a|b', provider: 'c' }, { model: 'a', provider: 'b|c' }],
    ['a comma', { model: 'q,provider:w', provider: 'x' }, { model: 'q', provider: 'w,provider:x' }],
    ['a quote', { model: 'a"b', provider: 'c' }, { model: 'a', provider: '"b"c' }],
    ['a line break', { model: 'a\nb', provider: 'c' }, { model: 'a', provider: '\nbc' }],
    ['a NUL', { model: 'a\0b', provider: 'c' }, { model: 'a', provider: 'b\0c' }],
    ['nothing', { model: 'undefined', provider: 'null' }, { model: 'null', provider: 'undefined' }],
  ])('values with %s stay distinct', (_, first, second) => {
    const store = create()
    store.metrics.pairs_total.add(1, first)
    store.metrics.pairs_total.add(2, second)
    expect(Object.values(seriesOf(store, 'pairs_total'))).toEqual([1, 2])
  })

  it.each([[200], ['200'], [200n], [Number('2e2')]])('%o is the status 200', (code) => {
    const store = create()
    store.metrics.replies_total.add(1, { code: '200' })
    add(store, 'replies_total', { code })
    expect(seriesOf(store, 'replies_total')).toEqual({ '{code="200"}': 2 })
  })

  it('the order of the labels does not matter', () => {
    const store = create()
    store.metrics.pairs_total.add(1, { model: 'm', provider: 'p' })
    store.metrics.pairs_total.add(1, { provider: 'p', model: 'm' })
    expect(seriesOf(store, 'pairs_total')).toEqual({ '{model="m",provider="p"}': 2 })
  })

  it('a label beyond the third distinguishes series as well', () => {
    const store = create()
    const labels = { a: '1', b: '2', c: '3', d: '4', e: '5' }
    store.metrics.deep_total.add(1, labels)
    store.metrics.deep_total.add(1, labels)
    store.metrics.deep_total.add(1, { ...labels, e: '6' })
    store.metrics.deep_total.add(1, { ...labels, a: '6' })
    expect(Object.values(seriesOf(store, 'deep_total'))).toEqual([2, 1, 1])
  })

  it('an optional label that is left out, undefined or null is absent, and not a text', () => {
    const store = create()
    store.metrics.maybe_total.add(1)
    store.metrics.maybe_total.add(1, {})
    store.metrics.maybe_total.add(1, { one: undefined })
    add(store, 'maybe_total', { one: null, two: undefined })
    store.metrics.maybe_total.add(1, { one: 'undefined' })
    store.metrics.maybe_total.add(1, { two: 'x' })
    expect(seriesOf(store, 'maybe_total')).toEqual({ '': 4, '{one="undefined"}': 1, '{two="x"}': 1 })
  })
})

describe('names that every object inherits', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is a value like any other',
    (name) => {
      const store = create()
      store.metrics.pairs_total.add(1, { model: name, provider: name })
      store.metrics.pairs_total.add(1, { model: name, provider: name })
      expect(seriesOf(store, 'pairs_total')).toEqual({ [`{model="${name}",provider="${name}"}`]: 2 })
    },
  )

  it('a label of such a name exists only if it is passed', () => {
    const store = create()
    add(store, 'odd_names_total', {})
    add(store, 'odd_names_total', { constructor: 'x' })
    add(store, 'odd_names_total', Object.create(null))
    expect(seriesOf(store, 'odd_names_total')).toEqual({ '': 2, '{constructor="x"}': 1 })
    expect(drops(store)).toEqual({})
  })

  it('a metric of such a name is found, and no other is found by one', () => {
    const store = create()
    store.recordMetric('constructor', 2)
    expect(seriesOf(store, 'constructor')).toEqual({ '': 2 })
    store.recordMetric('toString', 1)
    expect(drops(store)).toEqual({ 'unknown unknown_metric': 1 })
  })

  it('such names allow no additional values', () => {
    expect(() => createStore({ catalog, allow: {} })).not.toThrow()
  })
})

describe('a caller’s object is read once and not kept', () => {
  it('a later change of the object changes no series', () => {
    const store = create()
    const labels = { model: 'first', provider: 'p' }
    store.metrics.pairs_total.add(1, labels)
    const handle = store.metrics.pairs_total.with(labels)
    labels.model = 'second'
    handle.add()
    store.metrics.pairs_total.add(1, labels)
    expect(seriesOf(store, 'pairs_total')).toEqual({
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
  ])('labels %s are accepted', (_, labels) => {
    const store = create()
    add(store, 'pairs_total', labels)
    add(store, 'pairs_total', labels)
    expect(seriesOf(store, 'pairs_total')).toEqual({ '{model="m",provider="p"}': 2 })
  })

  it('an undeclared label is never read', () => {
    const store = create()
    let asked = 0
    add(store, 'pairs_total', {
      model: 'm',
      provider: 'p',
      get secret() {
        return ++asked
      },
    })
    expect(asked).toBe(0)
  })
})

describe('an invalid label value drops only the observation', () => {
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
    const store = create()
    add(store, 'pairs_total', labels)
    expect(seriesOf(store, 'pairs_total')).toEqual({})
    expect(drops(store)).toEqual({ [`pairs_total ${reason}`]: 1 })
  })

  it('a handle with invalid labels counts each recording as dropped', () => {
    const store = create()
    const handle = Reflect.get(store.metrics, 'pairs_total').with({ model: Symbol('m') } as never)
    handle.add()
    handle.add()
    expect(drops(store)).toEqual({ 'pairs_total bad_label': 3 })
  })

  it('a QuipuError of an application’s getter is treated like other errors', () => {
    const store = create()
    const own = createStore({ strict: true })
    expect(() =>
      add(store, 'pairs_total', {
        get model() {
          return own.metrics.user_logins_total.add(Number.NaN)
        },
        provider: 'p',
      }),
    ).not.toThrow()
  })
})

describe('a strict store', () => {
  it('refuses a value outside a closed set, and folds one that an open label does not accept', () => {
    const catalog = defineMetrics({
      orders_total: { kind: 'counter', help: 'Orders', labels: { channel: ['web', 'app'], country: 'name' } },
    })
    const store = createStore({ catalog, strict: true })
    expect(() => add(store, 'orders_total', { channel: 'fax', country: 'PE' })).toThrow(
      expect.objectContaining({ code: 'QUIPU_STRICT', got: 'unknown_value' }),
    )
    store.metrics.orders_total.add(1, { channel: 'web', country: 'a sentence is not a name' })
    expect(seriesOf(store, 'orders_total')).toEqual({ '{channel="web",country="other"}': 1 })
  })
})

describe('pseudonyms', () => {
  it('the pseudonym of a user, passed as an id, is another user', () => {
    const store = createStore({ idKey: 'a secret of sixteen' })
    store.metrics.workspace_size_bytes.set(10, { user_id: 'user-42' })
    const [cell] =
      store
        .readings()
        .find((one) => one.name === 'workspace_size_bytes')
        ?.cells() ?? []
    const pseudonym = cell?.values[0] ?? ''
    expect(pseudonym).toMatch(/^[0-9a-f]{16}$/)
    store.metrics.workspace_size_bytes.set(99, { user_id: pseudonym })
    expect(Object.values(seriesOf(store, 'workspace_size_bytes'))).toEqual([10, 99])
  })

  it('plain ids are cleaned and cut as well', () => {
    const store = createStore({ ids: 'plain' })
    store.metrics.workspace_size_bytes.set(1, { user_id: 'a\nb' })
    store.metrics.workspace_size_bytes.set(2, { user_id: 'x'.repeat(1 << 20) })
    expect(Object.keys(seriesOf(store, 'workspace_size_bytes'))).toEqual([
      '{user_id="ab"}',
      `{user_id="${'x'.repeat(128)}"}`,
    ])
  })
})
