/** Invalid arguments; each call gets new ones. */
export interface HostileInput {
  readonly name: string
  readonly value: () => unknown
  readonly labels: () => unknown
}

const goodLabels = (): unknown => ({ model: 'gpt-4', endpoint: 'chat' })
const value = (name: string, make: () => unknown): HostileInput => ({ name, value: make, labels: goodLabels })
const labels = (name: string, make: () => unknown): HostileInput => ({ name, value: () => 1, labels: make })
/** One label's value is hostile, the other is valid. */
const label = (name: string, make: () => unknown): HostileInput =>
  labels(`label ${name}`, () => ({ model: make(), endpoint: 'chat' }))

function fail(): never {
  throw new Error('hostile')
}

const throwingObject = (): unknown => ({ toString: fail, valueOf: fail, toJSON: fail })
const throwingProxy = (): unknown =>
  new Proxy({}, { get: fail, ownKeys: fail, has: fail, getOwnPropertyDescriptor: fail })
function cyclic(): unknown {
  const object: { self?: unknown } = {}
  object.self = object
  return object
}
function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** 20 values and 27 label objects, for a counter, a histogram and a gauge: 141 calls. */
export const hostileInputs: readonly HostileInput[] = [
  value('NaN', () => Number.NaN),
  value('Infinity', () => Number.POSITIVE_INFINITY),
  value('-Infinity', () => Number.NEGATIVE_INFINITY),
  value('a negative number', () => -1),
  value('the greatest number', () => Number.MAX_VALUE),
  value('a BigInt', () => 1n),
  value('a symbol', () => Symbol('one')),
  value('a string', () => '1'),
  value('an empty string', () => ''),
  value('null', () => null),
  value('true', () => true),
  value('an object', () => ({})),
  value('an array', () => [1]),
  value('a function', () => () => 1),
  value('a Number object', () => new Number(1)),
  value('an invalid date', () => new Date(Number.NaN)),
  value('an object that throws', throwingObject),
  value('a proxy that throws', throwingProxy),
  value('a revoked proxy', revoked),
  value('an object without a prototype', () => Object.create(null)),

  labels('labels null', () => null),
  labels('labels undefined', () => undefined),
  labels('labels a number', () => 7),
  labels('labels a string', () => 'model'),
  labels('labels a symbol', () => Symbol('labels')),
  labels('labels an array', () => ['gpt-4', 'chat']),
  labels('labels a function', () => fail),
  labels('labels a proxy that throws', throwingProxy),
  labels('labels a revoked proxy', revoked),
  labels('labels without a prototype', () => Object.assign(Object.create(null), { model: 'gpt-4', endpoint: 'chat' })),
  labels('labels with a getter that throws', () => ({
    get model() {
      return fail()
    },
    endpoint: 'chat',
  })),
  labels('a label missing', () => ({ model: 'gpt-4' })),
  labels('a label too many', () => ({ model: 'gpt-4', endpoint: 'chat', secret: 's3cret' })),
  labels('a label named __proto__', () => JSON.parse('{"model":"gpt-4","endpoint":"chat","__proto__":{"a":1}}')),
  labels('a label named constructor', () => ({ model: 'gpt-4', endpoint: 'chat', constructor: 'x' })),
  labels('a thousand labels', () =>
    Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`label_${i}`, 'value'])),
  ),
  label('null', () => null),
  label('a number', () => 200),
  label('a BigInt', () => 200n),
  label('a symbol', () => Symbol('model')),
  label('a function', () => fail),
  label('a cyclic object', cyclic),
  label('an object that throws', throwingObject),
  label('a proxy that throws', throwingProxy),
  label('a megabyte', () => 'x'.repeat(1 << 20)),
  label('line breaks and quotes', () => 'a"\n\\\r\u2028\u0000'),
  label('half a surrogate pair', () => '\ud800'),
]
