import type { EventSpecs, FieldSpec, LabelSpec, Vocabulary } from '@quipu/catalog/builtin'
import { type Clock, cleanText, createLabelRule } from '@quipu/store'
import type { ActivityEvent, FieldValue } from './activity.js'

/** Maximum number of keys of a field object that are read. */
const MAX_KEYS = 1024
const MAX_USER_LENGTH = 256

/** Returns the canonical value of a field; undefined for an invalid one. */
type FieldRule = (value: unknown) => FieldValue | undefined

export interface EventCleanerOptions {
  readonly clock: Clock
  readonly allow: { readonly [label: string]: readonly string[] | undefined }
  readonly valueLength: number
  readonly pseudonym: (value: string) => string
  drop(metric: string, reason: string): void
  /** Events of disabled vocabularies are not created; an application's own events have no vocabulary. */
  records(vocabulary: Vocabulary): boolean
}

interface KnownEvent {
  readonly vocabulary: Vocabulary | undefined
  readonly rules: ReadonlyMap<string, FieldRule>
}

/** Creates activity events from the input of an application: only declared events with declared fields, cleaned. */
export interface EventCleaner {
  extend(events: EventSpecs): void
  has(event: string): boolean
  /** @returns null for an unknown event, which is counted, and for a disabled vocabulary */
  prepare(event: string, user: unknown, fields: unknown): ActivityEvent | null
  /** Returns the same event with a user that became known later. */
  named(event: ActivityEvent, user: unknown): ActivityEvent
}

/** Creates the event cleaner of one recorder. The fields of the catalogue are an allow-list. */
export function createEventCleaner(options: EventCleanerOptions): EventCleaner {
  const known = new Map<string, KnownEvent>()
  return {
    extend(events) {
      for (const [event, { vocabulary, fields }] of Object.entries(events)) {
        const rules = Object.entries(fields).map(([name, field]) => [name, fieldRule(name, field, options)] as const)
        known.set(event, { vocabulary, rules: new Map(rules) })
      }
    },
    has: (event) => known.has(event),
    named: (event, user) => ({ ...event, user: cleanUser(user) }),
    prepare(event, user, fields) {
      const spec = known.get(event)
      if (spec === undefined) {
        options.drop('activity', 'unknown_event')
        return null
      }
      if (spec.vocabulary !== undefined && !options.records(spec.vocabulary)) return null
      const clean: Record<string, FieldValue> = {}
      if (typeof fields === 'object' && fields !== null) readFields(event, fields, spec.rules, clean, options)
      return { event, user: cleanUser(user), fields: clean, unixMs: options.clock.unixMs() }
    },
  }
}

function readFields(
  event: string,
  fields: object,
  rules: ReadonlyMap<string, FieldRule>,
  clean: Record<string, FieldValue>,
  options: EventCleanerOptions,
): void {
  for (const key of Object.keys(fields).slice(0, MAX_KEYS)) {
    const rule = rules.get(key)
    if (rule === undefined) {
      options.drop(event, 'undeclared_field')
      continue
    }
    const raw = readSafely(fields, key)
    if (raw === undefined || raw === null) continue
    const value = raw === THREW ? undefined : rule(raw)
    if (value === undefined) options.drop(event, raw === THREW ? 'threw' : 'bad_field')
    else clean[key] = value
  }
}

const THREW = Symbol('threw')

function readSafely(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key)
  } catch {
    return THREW
  }
}

function cleanUser(user: unknown): string | null {
  if (typeof user !== 'string') return null
  return cleanText(user, MAX_USER_LENGTH) || null
}

function fieldRule(name: string, spec: FieldSpec, options: EventCleanerOptions): FieldRule {
  if (spec === 'count' || spec === 'bytes') return amount
  const label: LabelSpec = spec
  const rule = createLabelRule(name, label, {
    allowed: (Object.hasOwn(options.allow, name) && options.allow[name]) || [],
    budget: Number.POSITIVE_INFINITY,
    valueLength: options.valueLength,
    pseudonym: options.pseudonym,
  })
  return (value) => rule.clean(value)
}

/** A count or size. Negative, infinite and other invalid numbers are rejected. */
function amount(value: unknown): FieldValue | undefined {
  if (typeof value === 'bigint') return value >= 0n ? value : undefined
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined
}
