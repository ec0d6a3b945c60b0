import { QuipuError } from '@quipu/catalog/builtin'
import { z } from 'zod'
import { type BackendName, backendRules } from './presets/backend-rules.js'
import { checkBackend } from './presets/create-preset.js'

const positive = z.number().positive()
const timeout = z.number().int().positive()
const text = z.string().min(1)
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const has = (value: unknown, ...methods: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && methods.every((name) => typeof Reflect.get(value, name) === 'function')

const url = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:/.test(value), 'must be a URL of http or https')
const headers = z.record(z.string(), z.string())
const oneOrMore = <T extends z.ZodType>(schema: T) => z.union([schema, z.array(schema).min(1)])

const prometheus = z.strictObject({
  port: z.number().int().min(0).max(65_535).optional(),
  host: text.optional(),
  auth: z
    .strictObject({
      bearer: oneOrMore(text).optional(),
      basic: oneOrMore(z.strictObject({ username: text, password: text })).optional(),
    })
    .optional(),
  allowPublic: z.boolean().optional(),
  maxInFlight: positive.optional(),
  timeoutMs: positive.optional(),
  onError: z.enum(['fail', 'continue']).optional(),
  scopeLabels: z.boolean().optional(),
  targetInfo: z.union([z.boolean(), z.array(text)]).optional(),
})

const otlp = z.strictObject({
  backend: z.custom((value) => isBackend(value), 'is not known').optional(),
  url: url.optional(),
  headers: headers.optional(),
  protocol: z.enum(['http/json', 'http/protobuf']).optional(),
  compression: z.enum(['gzip', 'none']).optional(),
  temporality: z.enum(['cumulative', 'delta', 'lowmemory']).optional(),
  intervalMs: timeout.optional(),
  timeoutMs: timeout.optional(),
  histograms: z.enum(['explicit', 'exponential']).optional(),
  maxPointsPerRequest: z.number().int().positive().optional(),
})

const activityLog = z.strictObject({
  enabled: z.boolean().optional(),
  sink: z
    .custom(
      (value) => value === false || typeof value === 'function' || has(value, 'write'),
      'must be a sink, a function or false',
    )
    .optional(),
  format: z.enum(['text', 'json']).optional(),
  users: z.enum(['plain', 'hmac', 'none']).optional(),
  key: z.string().min(16).optional(),
  pseudonymize: z.custom((value) => typeof value === 'function', 'must be a function').optional(),
  otlp: z
    .union([z.boolean(), otlp.pick({ url: true, headers: true, protocol: true, compression: true, timeoutMs: true })])
    .optional(),
})

const price = z.strictObject({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cacheRead: z.number().nonnegative().optional(),
  cacheWrite: z.number().nonnegative().optional(),
})

const schema = z.strictObject({
  serviceName: text.optional(),
  resource: z.record(text, z.union([z.string(), z.number(), z.boolean()])).optional(),
  catalog: z
    .custom(
      (value) => isObject(value) && isObject(Reflect.get(Object(value), 'metrics')),
      'must come from defineMetrics or defineEvents',
    )
    .optional(),
  recorder: z
    .custom((value) => has(value, 'readings', 'producer', 'onActivity', 'configure'), 'must come from createRecorder')
    .optional(),
  vocabularies: z.array(z.enum(['securetrack', 'aki', 'atlas', 'gen_ai', 'quipu', 'self'])).optional(),
  genAiProfiles: z.array(z.enum(['1.41', 'next'])).optional(),
  prices: z.record(z.string(), price).optional(),
  sessions: z.custom(isObject, 'must be an object').optional(),
  prometheus: z.union([z.boolean(), prometheus]).optional(),
  otlp: z.union([z.boolean(), otlp]).optional(),
  activityLog: activityLog.optional(),
  loggerProvider: z.custom((value) => has(value, 'getLogger'), 'must be a LoggerProvider').optional(),
  standardMetrics: z.boolean().optional(),
  attach: z.boolean().optional(),
  processes: z.enum(['single', 'cluster', 'workers']).optional(),
  shutdownTimeoutMs: timeout.optional(),
  exitHooks: z
    .union([
      z.boolean(),
      z.strictObject({
        beforeExit: z.boolean().optional(),
        signals: z.array(z.enum(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'])).optional(),
      }),
    ])
    .optional(),
})

function isBackend(value: unknown): value is BackendName {
  return typeof value === 'string' && Object.hasOwn(backendRules, value)
}

/**
 * Checks what `start()` was given.
 * @throws QuipuError QUIPU_CONFIG_INVALID, which names the option; QUIPU_BACKEND_REFUSES
 */
export function checkOptions(options: unknown): void {
  const parsed = schema.safeParse(options)
  const chosen = parsed.data?.otlp
  if (typeof chosen === 'object' && isBackend(chosen.backend)) checkBackend(chosen.backend, chosen)
  const issues = parsed.error?.issues ?? []
  const issue = issues.map((each) => innermost(each))[0]
  if (issue === undefined) return
  const name = issue.path.map(String).join('.')
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  throw new QuipuError('QUIPU_CONFIG_INVALID', {
    what: `The option ${name === '' ? 'object of start()' : name} ${sentence(issue.message)}${more}.`,
    got: show(name, valueAt(options, issue.path)),
    fix: fixOf(name, issue.message),
  })
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string; readonly code?: string }

/** Of a union, the branch that went furthest: the object's own trouble rather than "expected boolean". */
function innermost(issue: z.core.$ZodIssue, path: readonly PropertyKey[] = []): Issue {
  const here = [...path, ...issue.path]
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.flatMap((branch) => branch.slice(0, 1)).map((each) => innermost(each, here))
    const deepest = branches.sort((a, b) => depth(b) - depth(a))[0]
    if (deepest !== undefined && depth(deepest) > here.length) return deepest
    return { path: here, message: 'is none of the forms it may have' }
  }
  if (issue.code === 'unrecognized_keys') {
    return { path: [...here, issue.keys[0] ?? ''], message: 'is not known', code: issue.code }
  }
  return { path: here, message: issue.message }
}

function depth(issue: Issue): number {
  return issue.path.length
}

function sentence(message: string): string {
  const text = message.replace(/^Invalid (?:input|option): /, '')
  if (/^(?:is|must) /.test(text)) return text
  return `cannot be used: ${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

/** Values that are secrets are not shown: their kind and length are. */
const secret = /(?:^|\.)(?:headers|auth|key)(?:\.|$)/

function show(name: string, value: unknown): string {
  if (secret.test(name)) return typeof value === 'string' ? `${value.length} characters` : typeof value
  if (typeof value === 'function') return 'a function'
  const json = typeof value === 'string' ? JSON.stringify(value) : stringify(value)
  return json.length > 100 ? `${json.slice(0, 100)}…` : json
}

function stringify(value: unknown): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return `an object with ${Object.keys(value).join(', ') || 'nothing in it'}`
  return typeof value === 'bigint' || value === undefined ? String(value) : (JSON.stringify(value) ?? typeof value)
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? Reflect.get(Object(value), key) : value), options)
}

const examples: { readonly [option: string]: string } = {
  serviceName: "serviceName: 'securetrack'",
  'prometheus.port': 'prometheus: { port: 9464 }, or port: 0 for any free one',
  prometheus: 'prometheus: { port: 9464 }',
  otlp: "otlp: { url: 'http://localhost:4318' }",
  'otlp.url': "otlp: { url: 'http://localhost:4318' }",
  'otlp.protocol': "otlp: { protocol: 'http/protobuf' }; OTLP over gRPC is not spoken",
  activityLog: "activityLog: { enabled: true, sink: fileSink('activity.log') }",
  'activityLog.sink': "activityLog: { sink: fileSink('activity.log') }",
  'activityLog.key': 'use a secret of at least 16 characters',
  catalog: 'catalog: defineMetrics({ … })',
  recorder: 'recorder: createRecorder()',
  vocabularies: "vocabularies: ['securetrack', 'gen_ai']",
  processes: "'cluster' for forked processes, 'workers' for worker threads, 'single' for neither",
  exitHooks: "exitHooks: { signals: ['SIGTERM'] }",
  shutdownTimeoutMs: 'shutdownTimeoutMs: 2000',
}

function fixOf(name: string, message: string): string {
  if (message === 'is not known') return `remove ${name}, or correct its spelling`
  const known = examples[name] ?? examples[name.split('.')[0] ?? '']
  return known === undefined
    ? `correct ${name === '' ? 'it' : name}, or leave it out`
    : `write ${known}`.replace(/^write (use|leave)/, '$1')
}
