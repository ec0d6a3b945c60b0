import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QuipuError } from '../errors.js'
import {
  amount,
  callback,
  either,
  flag,
  group,
  integer,
  listOf,
  mapOf,
  milliseconds,
  option,
  readOptions,
  resolveOptions,
  text,
  word,
} from './index.js'

const account = group({
  /** User. */
  user: option(text(), { required: true }),
  /** Password. */
  password: option(text({ min: 8, expected: 'a text of at least 8 characters' }), { required: true, secret: true }),
})
const server = group({
  /** Port. */
  port: option(integer({ min: 0, max: 65_535 }), {
    default: 9464,
    variables: ['SERVER_PORT', 'PORT'],
    example: 'port: 9464',
  }),
  /** Mode. */
  mode: option(word(['fast', 'safe']), { variables: ['SERVER_MODE'], default: 'safe' }),
  /** Names. */
  names: option(listOf(word(['a', 'b'])), { variables: ['SERVER_NAMES'] }),
  /** Account. */
  account: option(either(flag, account), { variables: ['SERVER_ACCOUNT'] }),
  /** Headers. */
  headers: option(mapOf(text({ min: 0, expected: 'a text' }), { key: /^[a-z-]+$/ }), { secret: true }),
  /** Price. */
  price: option(amount, {}),
  /** Time limit. */
  timeoutMs: option(milliseconds, {}),
  /** Called. */
  onEvent: option(callback(), {}),
})

const errorOf = (given: unknown): QuipuError => {
  try {
    readOptions(server, given, 'serve()')
  } catch (error) {
    if (QuipuError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

it.each<[given: unknown, what: RegExp, got: string]>([
  [{ port: -1 }, /The option port of serve\(\) must be a whole number, from 0 to 65535/, '-1'],
  [{ port: '9464' }, /The option port/, '"9464"'],
  [{ port: Number.NaN }, /The option port/, 'NaN'],
  [{ port: null }, /The option port/, 'null'],
  [{ mode: 'fsat' }, /The option mode of serve\(\) must be one of fast, safe/, 'a text of 4 characters'],
  [{ names: ['a', 'c'] }, /The option names\.1 /, 'a text of 1 characters'],
  [{ account: { user: 'ana' } }, /The option account\.password /, 'undefined'],
  [{ account: 'ana' }, /The option account of serve\(\) must be true or false, or an object/, 'a text of 3 characters'],
  [{ prot: 1 }, /The option prot of serve\(\) is not known/, 'the key prot'],
  [{ headers: { 'x-key': 7 } }, /The option headers\.x-key /, 'a number'],
  [{ headers: { 'X KEY': 'a' } }, /The option headers /, 'an object'],
  [{ price: -1 }, /The option price /, '-1'],
  [{ timeoutMs: 2 ** 31 }, /The option timeoutMs /, '2147483648'],
  [{ onEvent: {} }, /The option onEvent /, 'an object'],
  [[], /The options object of serve\(\) must be an object/, 'a list of 0'],
  ['port=1', /The options object of serve\(\)/, 'a text of 6 characters'],
])('%j is refused: the error names the option and describes the value', (given, what, got) => {
  const error = errorOf(given)
  expect(error.code).toBe('QUIPU_CONFIG_INVALID')
  expect(error.what).toMatch(what)
  expect(error.got).toBe(got)
  expect(error.fix).not.toBe('')
})

it('the error of an unknown key lists the known ones, that of an invalid value shows the example', () => {
  expect(errorOf({ prot: 1 }).fix).toContain('one of port, mode')
  expect(errorOf({ port: 'x' }).fix).toBe('write port: 9464')
})

it.each<[string, unknown]>([
  ['an unknown key', { secret: 'ZQSECRET' }],
  ['a header', { headers: { 'x-key': ['ZQSECRET'] } }],
  ['the name of a header', { headers: { 'ZQSECRET \n': 'a' } }],
  ['a password', { account: { user: 'a', password: 'ZQSEC' } }],
  ['a list in place of a text', { mode: ['ZQSECRET'] }],
  ['an object in place of a number', { port: { key: 'ZQSECRET' } }],
  ['a text in place of the options', 'ZQSECRET'],
  ['a long key', { [`k-${'ZQSECRET'.repeat(9)}`]: 1 }],
  ['a getter that throws', Object.defineProperty({}, 'port', { get: () => expect.fail('ZQSECRET'), enumerable: true })],
  ['a Proxy that throws', new Proxy({}, { ownKeys: () => expect.fail('ZQSECRET') })],
])('%s does not appear in the error', (_, given) => {
  expect(inspect(errorOf(given), { showHidden: true, depth: 9 })).not.toContain('ZQSEC')
})

it('the result is a copy: later changes of the given object have no effect', () => {
  const given = { names: ['a' as const], headers: { x: '1' } }
  const options = readOptions(server, given, 'serve()')
  given.names.push('c' as 'a')
  given.headers.x = '2'
  expect(options).toEqual({ names: ['a'], headers: { x: '1' } })
})

describe('an option that code leaves out', () => {
  const resolve = (variables: Record<string, string>, given = {}) => {
    const warnings: string[] = []
    const resolved = resolveOptions(server, given, {
      variable: (name) => variables[name],
      warn: (name, what) => warnings.push(`${name} ${what}`),
    })
    return { resolved, warnings }
  }

  it('comes from the environment, then from the table', () => {
    expect(resolve({}).resolved).toMatchObject({ port: 9464, mode: 'safe', names: undefined })
    expect(
      resolve({ PORT: '1', SERVER_MODE: 'FAST', SERVER_NAMES: 'a, b,', SERVER_ACCOUNT: 'Yes' }).resolved,
    ).toMatchObject({
      port: 1,
      mode: 'fast',
      names: ['a', 'b'],
      account: true,
    })
    expect(resolve({ PORT: '1', SERVER_PORT: '2' }).resolved.port).toBe(2)
    expect(resolve({ PORT: '1' }, { port: 3 }).resolved.port).toBe(3)
  })

  it.each(['soon', '1.5', '-1', '0x', '99999', '1e99'])('port %s of a variable is reported and ignored', (port) => {
    expect(resolve({ SERVER_PORT: port, PORT: '7' })).toMatchObject({
      resolved: { port: 7 },
      warnings: ['SERVER_PORT must be a whole number, from 0 to 65535'],
    })
  })
})

it('any value is read, or refused with a QuipuError', () => {
  const odd = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  })
  const given = fc.oneof(odd, fc.dictionary(fc.constantFrom(...Object.keys(server.fields), 'other'), odd))
  fc.assert(
    fc.property(given, (options) => {
      try {
        expect(typeof readOptions(server, options, 'serve()')).toBe('object')
      } catch (error) {
        expect(QuipuError.isInstance(error)).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})
