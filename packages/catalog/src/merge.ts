import { checkNames } from './collisions.js'
import { QuipuError } from './errors.js'
import type { Catalog, EventSpec, EventSpecs, MetricSpec, MetricSpecs } from './types.js'

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

/** One catalogue with the entries of several, and their types. */
export type MergedCatalog<C extends readonly Catalog[]> = Catalog<MetricsOf<C>, EventsOf<C>>

/**
 * One catalogue with the entries of several. The same entry may be in more than one of them; two different ones under
 * one name may not.
 *
 * Throws `QUIPU_CATALOG_NAME_COLLISION`.
 *
 * @example
 * const catalog = mergeCatalogs(shopMetrics, shopEvents)
 */
export function mergeCatalogs<const C extends readonly Catalog[]>(...catalogs: C): MergedCatalog<C> {
  const metrics = join(
    catalogs.map((catalog) => catalog.metrics),
    (spec) => `${spec.kind}, catalog "${spec.vocabulary ?? 'app'}"`,
    (name, got) =>
      new QuipuError('QUIPU_CATALOG_NAME_COLLISION', {
        what: `There are two different metrics called ${name}.`,
        got,
        fix: "give one a prefix: defineMetrics({ … }, { prefix: 'my_' })",
      }),
  )
  checkNames(metrics)
  const events = join(
    catalogs.map((catalog) => catalog.events),
    (spec) => `fields ${Object.keys(spec.fields).join(' ') || '(none)'}, catalog "${spec.vocabulary ?? 'app'}"`,
    (name, got) =>
      new QuipuError('QUIPU_CATALOG_NAME_COLLISION', {
        what: `There are two different events called ${name}.`,
        got,
        fix: 'rename one of the two',
      }),
  )
  // What was joined above is what the type says: the entries of each, under their names.
  return { metrics, events } as MergedCatalog<C>
}

function join<S extends MetricSpec | EventSpec>(
  sources: readonly { readonly [name: string]: S }[],
  describe: (spec: S) => string,
  toError: (name: string, got: string) => QuipuError,
): { readonly [name: string]: S } {
  const joined = new Map<string, S>()
  for (const source of sources) {
    for (const [name, spec] of Object.entries(source)) {
      const earlier = joined.get(name)
      if (earlier && !isSame(earlier, spec)) throw toError(name, `${describe(spec)}; ${describe(earlier)}`)
      joined.set(name, spec)
    }
  }
  return Object.fromEntries(joined)
}

/** The same entry, also where it comes from a second copy of a package. */
function isSame(a: object, b: object): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
