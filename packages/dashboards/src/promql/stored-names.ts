import {
  exportedNames,
  labelNameOnPage,
  type MetricSpec,
  type MetricSpecs,
  toPrometheusName,
} from '@quipu/catalog/builtin'

/**
 * A name under which Prometheus stores a metric, with matchers that distinguish it from another metric of that name.
 */
export interface StoredName {
  readonly name: string
  readonly matchers: readonly string[]
}

/**
 * Returns the names under which Prometheus stores each metric: that of a scraped page, and that of OTLP if it differs.
 * Aki's `user_action` becomes `user_action_total` over OTLP, which is also a metric of SecureTrack; a label that only
 * one of the two declares distinguishes them.
 */
export function storedNames(metrics: MetricSpecs): ReadonlyMap<string, readonly StoredName[]> {
  const names = new Map(Object.entries(metrics).map(([key, spec]) => [key, namesOf(key, spec)]))
  const owners = new Map<string, string[]>()
  for (const [key, own] of names) for (const name of own) owners.set(name, [...(owners.get(name) ?? []), key])
  return new Map(
    [...names].map(([key, own]) => [
      key,
      own.map((name) => {
        const others = owners.get(name)?.filter((other) => other !== key) ?? []
        return { name, matchers: others.flatMap((other) => distinguish(metrics[key], metrics[other])) }
      }),
    ]),
  )
}

function namesOf(key: string, spec: MetricSpec): readonly string[] {
  const { prometheus, otlp } = exportedNames(key, spec)
  const paths = spec.exportTo ?? ['prometheus', 'otlp']
  const names = [
    ...(paths.includes('prometheus') ? [prometheus] : []),
    ...(paths.includes('otlp') ? [toPrometheusName(otlp, spec.kind, spec.unit)] : []),
  ]
  return [...new Set(names)]
}

function distinguish(own: MetricSpec | undefined, other: MetricSpec | undefined): readonly string[] {
  const [mine, theirs] = [requiredLabels(own), requiredLabels(other)]
  return [
    ...mine.filter((label) => !theirs.includes(label)).map((label) => `${labelNameOnPage(label)}!=""`),
    ...theirs.filter((label) => !mine.includes(label)).map((label) => `${labelNameOnPage(label)}=""`),
  ]
}

function requiredLabels(spec: MetricSpec | undefined): readonly string[] {
  return Object.entries(spec?.labels ?? {})
    .filter(([, label]) => !(typeof label === 'object' && 'optional' in label && label.optional))
    .map(([name]) => name)
}
