import type { z } from 'zod'
import { builtinCatalog } from './builtin-catalog.js'
import { QuipuError } from './errors.js'
import { isObject } from './is-object.js'
import { mergeCatalogs } from './merge.js'
import { describeKey, describeValue, group, option, readOptions, resolveOptions, text } from './options/index.js'
import { eventsSchema, metricsSchema, toMessage } from './schema.js'
import type { Catalog, EventSpecs, MetricSpec, MetricSpecs } from './types.js'

const defineOptions = group({
  /** Prefix of every name, such as `shop_`. */
  prefix: option(text({ min: 0, expected: 'a text of letters, digits and _', pattern: /^\w*$/ }), { default: '' }),
})

/** Options of `defineMetrics`. */
export interface DefineOptions<P extends string = string> {
  /** Prefix of every name, such as `shop_`. Default: no prefix. */
  readonly prefix?: P
}

/** Metrics under their names with a prefix. */
export type Prefixed<M extends MetricSpecs, P extends string> = {
  readonly [K in keyof M & string as `${P}${K}`]: M[K]
}

/**
 * Defines your own metrics, for `createRecorder({ catalog })` or `start({ catalog })`. Names, labels and label values
 * are inferred, so that a wrong label is a compile error.
 *
 * @param specs entries by name
 * @returns a catalogue of these metrics
 * @throws QuipuError QUIPU_CATALOG_INVALID for an invalid entry, QUIPU_CATALOG_NAME_COLLISION when another entry or a
 * built-in metric is exported under the same name, QUIPU_CATALOG_RESERVED_LABEL or QUIPU_CATALOG_LABEL_COLLISION for
 * labels that cannot be exported
 * @example
 * const shop = defineMetrics({
 *   shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'], country: 'name' } },
 * })
 */
export function defineMetrics<const M extends MetricSpecs, const P extends string = ''>(
  specs: M,
  options: DefineOptions<P> = {},
): Catalog<Prefixed<M, P>, Record<never, never>> {
  const { prefix } = resolveOptions(defineOptions, readOptions(defineOptions, options, 'defineMetrics()'))
  const metrics: MetricSpecs =
    isObject(specs) && prefix !== ''
      ? Object.fromEntries(Object.entries<MetricSpec>(specs).map(([name, spec]) => [`${prefix}${name}`, spec]))
      : specs
  check('metric', metricsSchema, metrics)
  mergeCatalogs(builtinCatalog, { metrics, events: {} })
  // The keys were built above from exactly these two types.
  return { metrics: metrics as Prefixed<M, P>, events: {} }
}

/**
 * Defines your own activity events. The fields of an event are an allow-list in the order of the entry: other fields
 * are dropped and counted.
 *
 * @param specs entries by name
 * @returns a catalogue of these events
 * @throws QuipuError QUIPU_CATALOG_INVALID for an invalid entry, QUIPU_CATALOG_NAME_COLLISION for the name of a
 * built-in event
 * @example
 * const events = defineEvents({ order_placed: { help: 'An order', fields: { channel: ['web', 'app'], items: 'count' } } })
 */
export function defineEvents<const E extends EventSpecs>(specs: E): Catalog<Record<never, never>, E> {
  check('event', eventsSchema, specs)
  mergeCatalogs(builtinCatalog, { metrics: {}, events: specs })
  return { metrics: {}, events: specs }
}

function parse(what: 'metric' | 'event', schema: z.ZodType, specs: unknown): z.ZodSafeParseResult<unknown> {
  try {
    return schema.safeParse(specs)
  } catch {
    // A getter or a Proxy threw. The error belongs to the caller and can contain anything, so it is not shown.
    throw new QuipuError('QUIPU_CATALOG_INVALID', {
      what: `The set of ${what}s cannot be read: a property of it throws.`,
      got: 'an object',
      fix: `pass plain objects to ${what === 'metric' ? 'defineMetrics' : 'defineEvents'}`,
    })
  }
}

/** zod skips a key named `__proto__`, so its value would never be checked. */
function hasProtoKey(value: unknown, depth = 3): boolean {
  if (!isObject(value) || depth === 0) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some((part) => hasProtoKey(part, depth - 1))
}

function check(what: 'metric' | 'event', schema: z.ZodType, specs: unknown): void {
  const { error } = parse(what, schema, specs)
  if (error === undefined && hasProtoKey(specs)) {
    throw new QuipuError('QUIPU_CATALOG_INVALID', {
      what: `The set of ${what}s has a name __proto__.`,
      got: '__proto__',
      fix: 'use another name',
    })
  }
  const issues = error?.issues ?? []
  const [issue] = issues
  if (issue === undefined) return
  const [name, ...path] = issue.path.map(String)
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  const where = name === undefined ? `The set of ${what}s` : [`The ${what} ${name}`, path.join('.')].join(': ')
  throw new QuipuError('QUIPU_CATALOG_INVALID', {
    what: `${where.replace(/: $/, '')} ${toMessage(issue)}${more}.`,
    got: show(issue.path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : value), specs)),
    fix: toFix(what, issue),
  })
}

const examples: { readonly [key: string]: string } = {
  kind: "kind: 'counter'",
  help: "help: 'Orders placed'",
  unit: "unit: 's'",
  labels: "labels: { channel: ['web', 'app'], country: 'name' }",
  buckets: 'buckets: [0.1, 0.5, 1, 5]',
  quantiles: 'quantiles: [0.5, 0.99]',
  budget: 'budget: 500',
  fields: "fields: { channel: ['web', 'app'], items: 'count' }",
}

function toFix(what: 'metric' | 'event', issue: z.core.$ZodIssue): string {
  const key = issue.path.length > 1 ? String(issue.path[1]) : ''
  if (issue.code === 'unrecognized_keys') return `remove ${issue.keys.join(', ')}, or correct the spelling`
  if (issue.code === 'invalid_key') return 'rename it'
  if (issue.message.startsWith('is for a')) return `remove ${key}, or change the kind`
  if (key !== '') return `correct ${key}${examples[key] === undefined ? '' : `, as in ${examples[key]}`}`
  return what === 'metric'
    ? `write { name: { ${examples.kind}, ${examples.help}, ${examples.labels} } }`
    : `write { name: { ${examples.help}, ${examples.fields} } }`
}

/** Shows an entry as code. Of an object only the keys are shown: the value of an unknown key could be a secret. */
function show(value: unknown): string {
  if (Array.isArray(value)) return cut(`[${value.map(show).join(', ')}]`)
  if (typeof value === 'string') return cut(`'${value}'`)
  if (!isObject(value)) return describeValue(value)
  return cut(`an object with ${Object.keys(value).map(describeKey).join(', ') || 'no keys'}`)
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
