import { checkEntries, collision } from './collisions.js'
import { QuipuError } from './errors.js'
import type { Catalog, EventSpec, EventSpecs, MetricSpecs } from './types.js'

type MetricsOf<C extends readonly Catalog[]> = C extends readonly [
  infer Head extends Catalog,
  ...infer Tail extends readonly Catalog[],
]
  ? Head['metrics'] & MetricsOf<Tail>
  : C extends readonly []
    ? Record<never, never>
    : MetricSpecs

type EventsOf<C extends readonly Catalog[]> = C extends readonly [
  infer Head extends Catalog,
  ...infer Tail extends readonly Catalog[],
]
  ? Head['events'] & EventsOf<Tail>
  : C extends readonly []
    ? Record<never, never>
    : EventSpecs

/** A catalogue with the entries of several, and their types. */
export type MergedCatalog<C extends readonly Catalog[]> = Catalog<MetricsOf<C>, EventsOf<C>>

/**
 * Merges catalogues into one. The catalogues may share identical entries, but not different entries under one name.
 *
 * @param catalogs catalogues of `defineMetrics`, `defineEvents` or `mergeCatalogs`
 * @returns a catalogue with all their entries
 * @throws QuipuError QUIPU_CATALOG_NAME_COLLISION
 * @example
 * const catalog = mergeCatalogs(shopMetrics, shopEvents)
 */
export function mergeCatalogs<const C extends readonly Catalog[]>(...catalogs: C): MergedCatalog<C> {
  const metrics = distinct(catalogs.map((catalog) => catalog.metrics))
  checkEntries(metrics)
  const events = distinct(catalogs.map((catalog) => catalog.events))
  const merged: Catalog = {
    metrics: toRecord(metrics, (key, spec, earlier) => collision({ key, spec }, { key, spec: earlier }, key)),
    events: toRecord(events, eventCollision),
  }
  // The loops above joined exactly the entries that the type lists.
  return merged as MergedCatalog<C>
}

type Entry<S> = readonly [name: string, spec: S]

/** All entries, each once, also when several sources contain it. */
function distinct<S extends object>(sources: readonly { readonly [name: string]: S }[]): readonly Entry<S>[] {
  const entries: Entry<S>[] = []
  const seen = new Map<string, S[]>()
  for (const [name, spec] of sources.flatMap((source) => Object.entries(source))) {
    const others = seen.get(name) ?? []
    if (others.some((other) => isSame(other, spec))) continue
    seen.set(name, [...others, spec])
    entries.push([name, spec])
  }
  return entries
}

function toRecord<S>(
  entries: readonly Entry<S>[],
  toError: (name: string, spec: S, earlier: S) => QuipuError,
): { readonly [name: string]: S } {
  const byName = new Map<string, S>()
  for (const [name, spec] of entries) {
    const earlier = byName.get(name)
    if (earlier !== undefined) throw toError(name, spec, earlier)
    byName.set(name, spec)
  }
  return Object.fromEntries(byName)
}

function eventCollision(name: string, spec: EventSpec, earlier: EventSpec): QuipuError {
  const describe = ({ fields, vocabulary }: EventSpec) =>
    `${[name, ...Object.keys(fields)].join(' ')} (catalog "${vocabulary ?? 'app'}")`
  return new QuipuError('QUIPU_CATALOG_NAME_COLLISION', {
    what: `There are two different events called ${name}.`,
    got: `${describe(spec)}, ${describe(earlier)}`,
    fix: 'rename one of the two',
  })
}

/** Compares by value: a second copy of a package has equal entries that are not identical. */
function isSame(a: object, b: object): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
