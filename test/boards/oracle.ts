import type { KnownTraffic, Sample, Window } from './known-traffic.js'

/** Values by label values, in alphabetical order of the label names. */
export interface Groups {
  readonly [key: string]: number
}

type Labels = { readonly [label: string]: string | readonly string[] }

/** Computes the expected values of panels from the sent traffic and from the pages, without PromQL. */
export interface Oracle {
  /** Sent amount of a metric, by label. */
  sent(metric: string, by?: readonly string[], where?: Labels): Groups
  /** Growth of a metric on the page, by label, for durations and sizes that the sender does not know. */
  grew(metric: string, by?: readonly string[], where?: Labels): Groups
  /** Value on the page at the end, by label. */
  now(metric: string, by?: readonly string[]): Groups
  /** A quantile of a histogram's growth on the page, as Prometheus interpolates it. */
  quantile(quantile: number, metric: string, by?: readonly string[]): Groups
  /** Growth by bucket, with bounds in Prometheus' spelling after a scrape. */
  buckets(metric: string): Groups
  perSecond(groups: Groups): Groups
  perMinute(groups: Groups): Groups
  /** Creates the oracle of a window. `windowFactor` is the factor of Prometheus' extrapolation at its edges. */
  within(groups: Groups, windowFactor?: number): Groups
}

export function createOracle({ sent, before, after }: KnownTraffic, { lengthSeconds }: Window, factor: number): Oracle {
  const growth: readonly Sample[] = [...after, ...before.map((sample) => ({ ...sample, value: -sample.value }))]
  const grew: Oracle['grew'] = (metric, by = [], where = {}) => group(growth, metric, by, where)
  return {
    sent: (metric, by = [], where = {}) => group(sent, metric, by, where),
    grew,
    now: (metric, by = []) => group(after, metric, by, {}),
    quantile(quantile, metric, by = []) {
      const byBound = group(growth, `${metric}_bucket`, [...by, 'le'], {}, JSON.stringify)
      const series = new Map<string, [bound: number, count: number][]>()
      const leAt = [...by, 'le'].sort().indexOf('le')
      for (const [key, count] of Object.entries(byBound)) {
        const values: string[] = JSON.parse(key)
        const [le = ''] = values.splice(leAt, 1)
        const name = values.join(' ')
        series.set(name, [...(series.get(name) ?? []), [toBound(le), count]])
      }
      return Object.fromEntries([...series].map(([name, buckets]) => [name, interpolate(quantile, buckets)]))
    },
    buckets: (metric) =>
      within(
        Object.fromEntries(
          Object.entries(grew(`${metric}_bucket`, ['le'])).map(([le, count]) => [spell(toBound(le)), count]),
        ),
        factor,
      ),
    perSecond: (groups) => within(groups, factor / lengthSeconds),
    perMinute: (groups) => within(groups, (60 * factor) / lengthSeconds),
    within: (groups, windowFactor = factor) => within(groups, windowFactor),
  }
}

/** Share of a part in a whole, by label; missing parts are 0, and a whole of 0 gives no share. */
export function share(part: Groups, whole: Groups): Groups {
  return Object.fromEntries(
    Object.entries(whole).flatMap(([key, total]) => (total > 0 ? [[key, (part[key] ?? 0) / total]] : [])),
  )
}

/** Converts the values of groups. */
export function map(groups: Groups, change: (value: number) => number): Groups {
  return Object.fromEntries(Object.entries(groups).map(([key, value]) => [key, change(value)]))
}

function within(groups: Groups, factor: number): Groups {
  return map(groups, (value) => value * factor)
}

function group(
  samples: readonly Sample[],
  metric: string,
  by: readonly string[],
  where: Labels,
  toKey = (values: readonly string[]): string => values.filter((value) => value !== '').join(' '),
): Groups {
  const groups: Record<string, number> = {}
  for (const sample of samples) {
    if (sample.metric !== metric) continue
    const fits = Object.entries(where).every(([label, wanted]) => [wanted].flat().includes(sample.labels[label] ?? ''))
    if (!fits) continue
    const key = toKey([...by].sort().map((label) => sample.labels[label] ?? ''))
    groups[key] = (groups[key] ?? 0) + sample.value
  }
  return groups
}

function interpolate(quantile: number, buckets: readonly (readonly [bound: number, count: number])[]): number {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const [, total = 0] = sorted.at(-1) ?? []
  if (total === 0) return Number.NaN
  const rank = quantile * total
  const at = sorted.findIndex(([, count]) => count >= rank)
  const [bound = 0, count = 0] = sorted[at] ?? []
  const [lower, below] = sorted[at - 1] ?? [0, 0]
  return bound === Number.POSITIVE_INFINITY ? lower : lower + ((bound - lower) * (rank - below)) / (count - below)
}

function toBound(le: string): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
}

function spell(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf'
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound)
}
