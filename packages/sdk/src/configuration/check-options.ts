import { QuipuError } from '@quipu/catalog/builtin'
import { checkBackend, isBackend, refuseCollectorBackend } from '@quipu/otlp'
import type { core } from 'zod'
import { isObject, optionsSchema } from './options-schema.js'

/**
 * Checks what `start()` was given.
 * @throws QuipuError QUIPU_CONFIG_INVALID, which names the option; QUIPU_BACKEND_REFUSES
 */
export function checkOptions(options: unknown): void {
  refuseCollectorBackend(valueAt(options, ['otlp', 'backend']))
  const parsed = optionsSchema().safeParse(options)
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
function innermost(issue: core.$ZodIssue, path: readonly PropertyKey[] = []): Issue {
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
  'otlp.spool': "otlp: { spool: { directory: '/var/spool/app' } }",
  'otlp.spool.directory': "otlp: { spool: { directory: '/var/spool/app' } }",
  'otlp.protocol': "otlp: { protocol: 'http/protobuf' }",
  activityLog: "activityLog: { enabled: true, sink: fileSink('activity.log') }",
  'activityLog.sink': "activityLog: { sink: fileSink('activity.log') }",
  'activityLog.key': 'use a secret of at least 16 characters',
  catalog: 'catalog: defineMetrics({ … })',
  recorder: 'recorder: createRecorder()',
  vocabularies: "vocabularies: ['securetrack', 'gen_ai']",
  processes:
    "'auto' for what is found, 'cluster' for forked processes, 'workers' for worker threads, 'single' for neither",
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
