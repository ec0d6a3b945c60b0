import { QuipuError } from './errors.js'
import { exportedNames, labelNameOnPage, pageOf } from './names.js'
import type { MetricKind, MetricSpec, MetricSpecs } from './types.js'

/**
 * Checks that no two metrics are exported under one name and that every label can be exported under its own. Names are
 * compared per output, without case, with the suffixes that the kind adds: Prometheus merges families of one name
 * without a warning. Label names are compared within each metric.
 *
 * @param metrics entries by key, built-in or your own
 * @throws QuipuError QUIPU_CATALOG_NAME_COLLISION, QUIPU_CATALOG_RESERVED_LABEL, QUIPU_CATALOG_LABEL_COLLISION
 * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#metric-naming-and-namespaces
 * @example
 * checkNames({ ...builtinCatalog.metrics, ...shop.metrics })
 */
export function checkNames(metrics: MetricSpecs): void {
  checkEntries(Object.entries(metrics))
}

/** Like `checkNames`, for entries that may share a key. */
export function checkEntries(entries: Iterable<readonly [key: string, spec: MetricSpec]>): void {
  for (const { error } of nameErrors(entries)) throw error
}

/** All errors that `checkNames` could throw, each with the key of its metric. */
export function* nameErrors(
  entries: Iterable<readonly [key: string, spec: MetricSpec]>,
): Generator<{ readonly key: string; readonly error: QuipuError }> {
  const taken = new Map<string, Claim>()
  for (const [key, spec] of entries) {
    const error = labelNameError(key, spec)
    if (error) yield { key, error }
    const places = claims(key, spec)
    const taker = places.find(({ place }) => taken.has(place))
    if (taker) yield { key, error: collision({ key, spec }, taken.get(taker.place)!, taker.name) }
    else for (const { place } of places) taken.set(place, { key, spec })
  }
}

/** A metric and its key. */
export interface Claim {
  readonly key: string
  readonly spec: MetricSpec
}

interface Place {
  /** The output and the name, which no other metric may use. */
  readonly place: string
  readonly name: string
}

/** All names that a metric uses in its outputs. */
function claims(key: string, spec: MetricSpec): readonly Place[] {
  const names = exportedNames(key, spec)
  const paths = spec.exportTo ?? ['prometheus', 'otlp']
  const onPage = paths.includes('prometheus') ? pageNames(names.prometheus, spec.kind) : []
  const places = onPage.map((name) => ({ place: `page ${pageOf(spec)} ${name.toLowerCase()}`, name }))
  // Names of OTLP instruments only have to differ within their scope.
  if (paths.includes('otlp')) {
    places.push({ place: `otlp ${names.scope} ${names.otlp.toLowerCase()}`, name: names.otlp })
  }
  return places
}

/** The family and sample names in text 0.0.4 and OpenMetrics 1.0, the most helpful for an error text first. */
function pageNames(name: string, kind: MetricKind): readonly string[] {
  switch (kind) {
    case 'counter': {
      const family = name.replace(/_total$/, '')
      return [`${family}_total`, family, `${family}_created`]
    }
    case 'histogram':
      return [name, `${name}_bucket`, `${name}_count`, `${name}_sum`, `${name}_created`]
    case 'summary':
      return [name, `${name}_count`, `${name}_sum`, `${name}_created`]
    default:
      return [name]
  }
}

function labelNameError(key: string, spec: MetricSpec): QuipuError | undefined {
  const names = Object.keys(spec.labels ?? {})
  const taken = new Map<string, string>()
  for (const name of names) {
    const onPage = labelNameOnPage(name)
    if (isReserved(onPage)) {
      return new QuipuError('QUIPU_CATALOG_RESERVED_LABEL', {
        what: `${key} has a label ${name}, a name that the exposition formats use themselves.`,
        got: `labels ${names.join(', ')}`,
        fix: 'rename the label; le, quantile, otel_scope_* and __* are reserved',
      })
    }
    const earlier = taken.get(onPage.toLowerCase())
    if (earlier !== undefined) {
      return new QuipuError('QUIPU_CATALOG_LABEL_COLLISION', {
        what: `The labels ${earlier} and ${name} of ${key} would both be exported as ${onPage}.`,
        got: `labels ${names.join(', ')}`,
        fix: 'rename one of the two labels',
      })
    }
    taken.set(onPage.toLowerCase(), name)
  }
  return undefined
}

function isReserved(label: string): boolean {
  return label === 'le' || label === 'quantile' || label.startsWith('otel_scope_') || label.startsWith('__')
}

/** The error for two metrics that share a name. */
export function collision(later: Claim, earlier: Claim, name: string): QuipuError {
  return new QuipuError('QUIPU_CATALOG_NAME_COLLISION', {
    what:
      later.key === earlier.key
        ? `There are two different metrics called ${name}.`
        : `${later.key} and ${earlier.key} would both be exported as ${name}.`,
    got: `${describe(later)}, ${describe(earlier)}`,
    fix: `give one a prefix: defineMetrics({ … }, { prefix: '${later.spec.vocabulary ?? 'my'}_' })`,
  })
}

function describe({ key, spec }: Claim): string {
  return `${spec.kind} ${key} (catalog "${spec.vocabulary ?? 'app'}")`
}
