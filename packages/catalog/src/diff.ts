import { exportedNames } from './names.js'
import type { Catalog, EventSpec, ExportPath, FieldSpec, LabelDetails, MetricSpec, PrivacyClass } from './types.js'

/** One difference between two catalogues. */
export interface CatalogChange {
  /** Whether a query, board, alert or reader can stop working, or the metric can describe a person in more detail. */
  readonly breaking: boolean
  /** Kind of the entry that changed. */
  readonly of: 'metric' | 'event'
  /** The catalogue key. */
  readonly name: string
  /** The change, such as `label model removed`. */
  readonly change: string
}

/**
 * Compares two catalogues, for release notes and checks in CI.
 *
 * @param before the released catalogue
 * @param after the catalogue to release
 * @returns one entry per change, breaking changes first; never throws
 * @example
 * diff(released.catalog, catalog).filter((change) => change.breaking)
 * // [{ breaking: true, of: 'metric', name: 'shop_orders_total', change: 'label country removed' }]
 */
export function diff(before: Catalog, after: Catalog): readonly CatalogChange[] {
  const changes = [
    ...compare('metric', before.metrics, after.metrics, metricChanges),
    ...compare('event', before.events, after.events, eventChanges),
  ]
  return [...changes.filter(({ breaking }) => breaking), ...changes.filter(({ breaking }) => !breaking)]
}

type Change = readonly [breaking: boolean, change: string]

function compare<S>(
  of: 'metric' | 'event',
  before: { readonly [name: string]: S },
  after: { readonly [name: string]: S },
  changesOf: (before: S, after: S, name: string) => Iterable<Change>,
): readonly CatalogChange[] {
  const changes: CatalogChange[] = []
  for (const name of union(before, after)) {
    const [old, current] = [own(before, name), own(after, name)]
    const found: Iterable<Change> =
      old === undefined
        ? [[false, 'added']]
        : current === undefined
          ? [[true, 'removed']]
          : changesOf(old, current, name)
    for (const [breaking, change] of found) changes.push({ breaking, of, name, change })
  }
  return changes
}

const privacyOrder: readonly PrivacyClass[] = ['none', 'pseudonymous', 'personal']
const allPaths: readonly ExportPath[] = ['prometheus', 'otlp']

function* metricChanges(before: MetricSpec, after: MetricSpec, key: string): Generator<Change> {
  const [oldNames, names] = [exportedNames(key, before), exportedNames(key, after)]
  const breaking = {
    kind: [before.kind, after.kind],
    unit: [before.unit, after.unit],
    'name on pages': [oldNames.prometheus, names.prometheus],
    'name over OTLP': [oldNames.otlp, names.otlp],
    scope: [oldNames.scope, names.scope],
    buckets: [before.buckets, after.buckets],
    aggregation: [before.aggregation ?? 'explicit', after.aggregation ?? 'explicit'],
    merge: [before.merge ?? 'sum', after.merge ?? 'sum'],
    'over budget': [before.overBudget ?? 'other', after.overBudget ?? 'other'],
  }
  for (const [what, [old, current]] of Object.entries(breaking)) yield* changed(true, what, old, current)

  const [oldPrivacy, privacy] = [before.privacy ?? 'none', after.privacy ?? 'none']
  yield* changed(privacyOrder.indexOf(privacy) > privacyOrder.indexOf(oldPrivacy), 'privacy', oldPrivacy, privacy)
  yield* setChanges('export to', before.exportTo ?? allPaths, after.exportTo ?? allPaths)
  yield* setChanges('quantile', before.quantiles?.map(String) ?? [], after.quantiles?.map(String) ?? [])
  yield* labelChanges(before.labels ?? {}, after.labels ?? {})

  yield* changed(false, 'help', before.help, after.help)
  // A smaller budget folds more series into `other`.
  yield* changed((after.budget ?? 2000) < (before.budget ?? 2000), 'budget', before.budget, after.budget)
  yield* changed(false, 'expiry', before.expireAfterMs, after.expireAfterMs)
}

function* eventChanges(before: EventSpec, after: EventSpec): Generator<Change> {
  yield* changed(false, 'help', before.help, after.help)
  for (const name of union(before.fields, after.fields)) {
    const [old, current] = [own(before.fields, name), own(after.fields, name)]
    if (old === undefined) yield [false, `field ${name} added`]
    else if (current === undefined) yield [true, `field ${name} removed`]
    else yield* valueChanges(`field ${name}`, old, current)
  }
}

function* labelChanges(before: NonNullable<MetricSpec['labels']>, after: NonNullable<MetricSpec['labels']>) {
  for (const name of union(before, after)) {
    const [old, current] = [own(before, name), own(after, name)]
    // A new label splits existing series, unless it is optional.
    if (old === undefined) yield [details(current!).optional !== true, `label ${name} added`] as const
    else if (current === undefined) yield [true, `label ${name} removed`] as const
    else yield* valueChanges(`label ${name}`, old, current)
  }
}

function* valueChanges(what: string, before: FieldSpec, after: FieldSpec): Generator<Change> {
  if (isQuantity(before) || isQuantity(after)) {
    yield* changed(true, what, before, after)
    return
  }
  const [old, current] = [details(before), details(after)]
  // A closed set that becomes open keeps all its values.
  const opened = old.class === undefined && old.template === undefined && current.class !== undefined
  yield* changed(!opened, `${what} class`, old.class, current.class)
  yield* changed(true, `${what} template`, old.template, current.template)
  yield* changed(old.optional !== true, `${what} optional`, old.optional ?? false, current.optional ?? false)
  yield* changed((current.budget ?? 200) < (old.budget ?? 200), `${what} budget`, old.budget, current.budget)
  for (const [breaking, change] of setChanges(`${what} value`, old.values ?? [], current.values ?? [])) {
    // Beside a class, `values` only lists the values that always pass the budget.
    yield [breaking && current.class === undefined, change]
  }
}

function* changed(breaking: boolean, what: string, before: unknown, after: unknown): Generator<Change> {
  const [old, current] = [show(before), show(after)]
  if (old !== current) yield [breaking, `${what} changed from ${old} to ${current}`]
}

function* setChanges(what: string, before: readonly string[], after: readonly string[]): Generator<Change> {
  for (const value of before) if (!after.includes(value)) yield [true, `${what} ${value} removed`]
  for (const value of after) if (!before.includes(value)) yield [false, `${what} ${value} added`]
}

function details(spec: FieldSpec): LabelDetails {
  if (isList(spec)) return { values: spec }
  if (typeof spec !== 'string') return spec
  return isQuantity(spec) ? {} : { class: spec }
}

function isList(spec: FieldSpec): spec is readonly string[] {
  return Array.isArray(spec)
}

function isQuantity(spec: FieldSpec): spec is 'count' | 'bytes' {
  return spec === 'count' || spec === 'bytes'
}

function union(a: object, b: object): ReadonlySet<string> {
  return new Set([...Object.keys(a), ...Object.keys(b)])
}

function own<T>(record: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function show(value: unknown): string {
  return value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value)
}
