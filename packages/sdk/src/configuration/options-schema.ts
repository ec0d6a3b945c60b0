import { createRequire } from 'node:module'
import { isBackend } from '@quipu/otlp'
import type { ZodType } from 'zod'

export const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const has = (value: unknown, ...methods: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && methods.every((name) => typeof Reflect.get(value, name) === 'function')

/** Made when it is first asked for: whoever only records does not load zod. */
function createSchema({ z }: typeof import('zod')) {
  const positive = z.number().positive()
  const timeout = z.number().int().positive()
  const text = z.string().min(1)
  const url = z
    .string()
    .refine((value) => URL.canParse(value) && /^https?:/.test(value), 'must be a URL of http or https')
  const headers = z.record(z.string(), z.string())
  const oneOrMore = <T extends ZodType>(schema: T) => z.union([schema, z.array(schema).min(1)])

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
    names: z.enum(['escaped', 'utf-8']).optional(),
    scopeLabels: z.boolean().optional(),
    targetInfo: z.union([z.boolean(), z.array(text)]).optional(),
  })

  const spool = z.strictObject({
    directory: text,
    maxBytes: z.number().int().positive().optional(),
    maxAgeMs: timeout.optional(),
  })
  const otlp = z.strictObject({
    backend: z.custom((value) => isBackend(value), 'is not known').optional(),
    url: url.optional(),
    headers: headers.optional(),
    protocol: z.enum(['http/json', 'http/protobuf', 'grpc']).optional(),
    compression: z.enum(['gzip', 'none']).optional(),
    temporality: z.enum(['cumulative', 'delta', 'lowmemory']).optional(),
    intervalMs: timeout.optional(),
    timeoutMs: timeout.optional(),
    histograms: z.enum(['explicit', 'exponential']).optional(),
    maxPointsPerRequest: z.number().int().positive().optional(),
    spool: spool.optional(),
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
      .union([
        z.boolean(),
        otlp.pick({ url: true, headers: true, protocol: true, compression: true, timeoutMs: true, spool: true }),
      ])
      .optional(),
  })

  const price = z.strictObject({
    input: z.number().nonnegative(),
    output: z.number().nonnegative(),
    cacheRead: z.number().nonnegative().optional(),
    cacheWrite: z.number().nonnegative().optional(),
  })

  return z.strictObject({
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
    processes: z.enum(['auto', 'single', 'cluster', 'workers']).optional(),
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
}

let made: ReturnType<typeof createSchema> | undefined

/** What `start()` may be given. */
export function optionsSchema(): ReturnType<typeof createSchema> {
  made ??= createSchema(createRequire(import.meta.url)('zod'))
  return made
}
