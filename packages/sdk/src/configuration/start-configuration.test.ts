import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { errorOf } from '../../fixtures/error-of.js'
import { checkOptions } from './configuration.js'
import type { StartOptions } from './start-options.js'

type Options = StartOptions<Record<never, never>, Record<never, never>>

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test.each<[option: string, options: unknown, what: RegExp, got: string]>([
  ['a negative port', { prometheus: { port: -1 } }, /option prometheus\.port /, '-1'],
  ['a port as text', { prometheus: { port: '9464' } }, /prometheus\.port/, '"9464"'],
  ['an option with a wrong name', { promethues: true }, /promethues of start\(\) is not known/, 'the key promethues'],
  ['a wrong name further in', { otlp: { ur: 'http://x' } }, /otlp\.ur of start\(\) is not known/, 'the key otlp.ur'],
  [
    'a back end without a scheme',
    { otlp: { url: '//collector' } },
    /otlp\.url .*must be a URL/,
    'a text of 11 characters',
  ],
  [
    'an unknown protocol',
    { otlp: { protocol: 'grcp' } },
    /otlp\.protocol .*one of http\/protobuf/,
    'a text of 4 characters',
  ],
  ['an unknown vocabulary', { vocabularies: ['securetrak'] }, /vocabularies\.0/, 'a text of 10 characters'],
  ['a file name as sink', { activityLog: { sink: 'activity.log' } }, /activityLog\.sink/, 'a text of 12 characters'],
  ['a number as catalogue', { catalog: 7 }, /catalog/, '7'],
  ['an interval of nothing', { otlp: { intervalMs: 0 } }, /otlp\.intervalMs/, '0'],
  ['an unknown kind of processes', { processes: 'threads' }, /processes/, 'a text of 7 characters'],
  ['an empty service name', { serviceName: '' }, /serviceName/, 'a text of 0 characters'],
  [
    'a token with a space',
    { prometheus: { auth: { bearer: 'two words' } } },
    /prometheus\.auth\.bearer /,
    'a text of 9 characters',
  ],
  ['a text', 'http://collector:4318', /options object of start\(\)/, 'a text of 21 characters'],
])('%s is refused with the name, the value and the fix', (_, options, what, got) => {
  const error = errorOf(() => checkOptions(options))
  expect(error.code).toBe('QUIPU_CONFIG_INVALID')
  expect(error.what).toMatch(what)
  expect(error.got).toBe(got)
  expect(error.fix).not.toBe('')
})

test.each<[string, unknown]>([
  ['a header', { otlp: { headers: { 'api-key': 'ZQ\nSECRET' } } }],
  ['a header that is a list', { otlp: { headers: { 'api-key': ['ZQSECRET'] } } }],
  ['the name of a header', { otlp: { headers: { 'ZQSECRET \n': 'a' } } }],
  ['the user and the query of a URL', { otlp: { url: 'ftp://u:ZQSECRET@h/?key=ZQSECRET' } }],
  ['an unknown option', { apiKey: 'ZQSECRET' }],
  ['an unknown option of a back end', { otlp: { apiKey: 'ZQSECRET' } }],
  ['a text in place of an object', { otlp: 'ZQSECRET' }],
  ['a short key', { activityLog: { key: 'ZQSECRET' } }],
  ['a token', { prometheus: { auth: { bearer: ['ZQ SECRET', 'ZQSECRET'], token: 'ZQSECRET' } } }],
  ['a password', { prometheus: { auth: { basic: { username: 'a', password: 'ZQSECRET\n' } } } }],
  ['an attribute that is an object', { resource: { a: { secret: 'ZQSECRET' } } }],
])('%s is not in the message', (_, options) => {
  expect(
    inspect(
      errorOf(() => checkOptions(options)),
      { showHidden: true },
    ),
  ).not.toMatch(/ZQ|SECRET/)
})

test('all options can be set together', () => {
  const options: Options = {
    serviceName: 's',
    resource: { a: 'b', n: 1 },
    vocabularies: ['securetrack', 'gen_ai'],
    genAiProfiles: ['next'],
    prices: { 'gpt-4': { input: 30, output: 60 } },
    prometheus: { port: 0, auth: { bearer: ['a', 'b'] }, targetInfo: ['service.name'], names: 'utf-8' },
    otlp: { url: 'https://x.example', headers: { a: 'b' }, temporality: 'delta', protocol: 'http/json' },
    activityLog: { enabled: true, sink: () => undefined, format: 'json', users: 'hmac', key: '0123456789abcdef' },
    loggerProvider: { getLogger: () => ({ emit: () => undefined }) },
    shutdownTimeoutMs: 1000,
    exitHooks: { signals: ['SIGTERM'] },
  }
  expect(() => checkOptions(options)).not.toThrow()
})
