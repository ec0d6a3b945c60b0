import { z } from 'zod'
import type { LabelClass, MetricKind, MetricSpec, Vocabulary } from './types.js'

// Schemas of catalogue entries. Messages complete the sentence "<where> …".

const labelClasses = [
  'name',
  'text',
  'model',
  'tool',
  'route',
  'method',
  'status',
  'errorType',
  'mime',
  'host',
  'id',
] as const satisfies readonly LabelClass[]

const vocabularies = [
  'securetrack',
  'aki',
  'atlas',
  'gen_ai',
  'quipu',
  'self',
  'semconv',
  'instrumentator',
  'prom_client',
] as const satisfies readonly Vocabulary[]

const positive = z.int('must be a whole number').min(1, 'must be at least 1')
const help = z.string('must be a sentence that describes the metric').trim().min(1, 'must not be empty')

const closedSet = z
  .array(z.string('must be a string').min(1, 'must not be empty'))
  .min(1, 'must have at least one value')
  .refine((values) => new Set(values).size === values.length, 'has a duplicate value')

const labelDetails = z
  .strictObject({
    class: z.enum(labelClasses).optional(),
    values: closedSet.optional(),
    template: z.string().min(1, 'must not be empty').optional(),
    optional: z.boolean().optional(),
    budget: positive.optional(),
    help: z.string().optional(),
  })
  .refine(
    (label) => label.class !== undefined || label.values !== undefined || label.template !== undefined,
    "must have values, a class or a template: ['web', 'app'], 'name', { template: '{number}xx' }",
  )

/** Selected by shape and not tried in turn, so that the error is about the form that the author chose. */
const label = z.unknown().superRefine((value, context) => {
  const schema = Array.isArray(value)
    ? closedSet
    : typeof value === 'string'
      ? z.enum(labelClasses)
      : typeof value === 'object' && value !== null
        ? labelDetails
        : undefined
  if (schema === undefined) {
    context.addIssue({ code: 'custom', message: "must be a list of values, a class such as 'name', or an object" })
    return
  }
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    context.addIssue({ code: 'custom', message: toMessage(issue), path: issue.path })
  }
})

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_.]*$/, 'is not a label name: a letter or _, then letters, digits, dots and _')

const kinds = ['counter', 'upDownCounter', 'gauge', 'histogram', 'summary'] as const satisfies readonly MetricKind[]

const metric = z
  .strictObject({
    kind: z.enum(kinds),
    help,
    unit: z
      .string()
      .max(63, 'must be a UCUM unit of at most 63 characters')
      .regex(/^[\x21-\x7e]*$/, 'must be ASCII without spaces')
      .optional(),
    labels: z.record(labelName, label).optional(),
    buckets: z
      .array(z.number('must be a finite number'))
      .refine((bounds) => bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]!), 'must ascend')
      .optional(),
    aggregation: z.enum(['explicit', 'exponential']).optional(),
    quantiles: z.array(z.number().gt(0, 'must lie between 0 and 1').lt(1, 'must lie between 0 and 1')).optional(),
    budget: positive.optional(),
    overBudget: z.enum(['other', 'largest']).optional(),
    privacy: z.enum(['none', 'pseudonymous', 'personal']).optional(),
    merge: z.enum(['sum', 'max', 'min', 'last', 'live']).optional(),
    expireAfterMs: z.number().positive('must be positive').optional(),
    vocabulary: z.enum(vocabularies).optional(),
    profile: z.enum(['1.41', 'next']).optional(),
    source: z.string().optional(),
    exportTo: z.array(z.enum(['prometheus', 'otlp'])).optional(),
    otlpName: z
      .string()
      .regex(/^[a-zA-Z][a-zA-Z0-9_.\-/]{0,254}$/, 'is not an OpenTelemetry instrument name')
      .optional(),
    prometheusName: z
      .string()
      .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'is not a Prometheus metric name')
      .optional(),
  })
  .superRefine((spec, context) => {
    const only = (key: keyof MetricSpec, kindsOfKey: readonly MetricKind[]) => {
      if (spec[key] !== undefined && !kindsOfKey.includes(spec.kind)) {
        const message = `is for a ${kindsOfKey.join(' or ')}, not for a ${spec.kind}`
        context.addIssue({ code: 'custom', message, path: [key] })
      }
    }
    only('buckets', ['histogram'])
    only('aggregation', ['histogram'])
    only('quantiles', ['summary'])
    only('expireAfterMs', ['gauge'])
    only('overBudget', ['counter'])
    if (spec.merge !== undefined && spec.merge !== 'sum') only('merge', ['gauge', 'upDownCounter'])
    if (spec.aggregation === 'exponential' && spec.buckets !== undefined) {
      context.addIssue({ code: 'custom', message: 'exclude aggregation exponential', path: ['buckets'] })
    }
    if (spec.kind === 'counter' && spec.prometheusName !== undefined && !spec.prometheusName.endsWith('_total')) {
      context.addIssue({ code: 'custom', message: 'must end in _total for a counter', path: ['prometheusName'] })
    }
  })

const metricName = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9_.\-/]{0,254}$/,
    'is not a metric name: a letter, then up to 254 letters, digits and _ . - /',
  )

// A name that an activity line can carry without quotes.
const wordName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'is not an activity name: a lower-case letter, then lower-case letters, digits and _')

const field = z.unknown().superRefine((value, context) => {
  if (value === 'count' || value === 'bytes') return
  for (const issue of label.safeParse(value).error?.issues ?? []) {
    context.addIssue({ code: 'custom', message: issue.message, path: issue.path })
  }
})

const event = z.strictObject({
  help,
  fields: z.record(wordName, field),
  vocabulary: z.enum(vocabularies).optional(),
  source: z.string().optional(),
})

export const metricsSchema = z.record(metricName, metric)
export const eventsSchema = z.record(wordName, event)

/** Converts an issue of zod to the end of a sentence. */
export function toMessage(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has no key ${issue.keys.join(', ')}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message
    case 'invalid_type':
      return issue.message.startsWith('must') ? issue.message : `must be of type ${issue.expected}`
    default:
      return issue.message
  }
}
