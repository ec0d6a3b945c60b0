import { labelNameOnPage, type MetricSpec, type MetricSpecs } from '@quipu/catalog/builtin'
import { type Board, heatmap, type Panel, panel, type Row, type Unit } from '../model/board.js'
import { top } from '../promql/queries.js'
import { boardQueries, jobVariable } from './scope.js'

/**
 * Returns a board of an application's own metrics, with one row per metric; undefined without such metrics.
 *
 * @param metrics the application's own metrics
 * @param builtin the other metrics that Prometheus has
 */
export function ownBoard(metrics: MetricSpecs, builtin: MetricSpecs): Board | undefined {
  const own = Object.entries(metrics).filter(([name]) => !Object.hasOwn(builtin, name))
  const [first] = own
  if (first === undefined) return undefined
  const q = boardQueries<MetricSpecs>({ ...builtin, ...metrics })
  const suffix = first[1].kind === 'histogram' || first[1].kind === 'summary' ? '_count' : ''
  return {
    id: 'own',
    title: 'Quipu · Your own metrics',
    about: 'The metrics that the application defines.',
    variables: [jobVariable(q.nameOf(first[0]) + suffix)],
    rows: own.map(([name, spec]) => rowOf(name, spec, q)),
  }
}

function rowOf(name: string, spec: MetricSpec, q: ReturnType<typeof boardQueries<MetricSpecs>>): Row {
  const labels = Object.keys(spec.labels ?? {})
  const views = labels.length === 0 ? [undefined] : labels.slice(0, 3)
  return { title: name, panels: views.flatMap((label) => panelsOf(label)).concat(distribution()) }

  function panelsOf(label: string | undefined): readonly Panel[] {
    const split = label === undefined ? {} : { by: [label] }
    const title = label === undefined ? spec.help : `${spec.help}, by ${label}`
    const more = { legend: label === undefined ? name : `{{${labelNameOnPage(label)}}}` }
    if (spec.kind === 'counter') {
      return [panel('lines', 'opm', title, `${spec.help}, per minute.`, `60 * ${q.rate(name, split)}`, more)]
    }
    if (spec.kind === 'histogram') {
      return [panel('lines', unitOf(spec), title, `${spec.help}: p95.`, q.quantile(0.95, name, split), more)]
    }
    if (spec.kind === 'summary') {
      return [panel('lines', unitOf(spec), title, `${spec.help}: mean.`, q.mean(name, split), more)]
    }
    const fold = spec.merge === 'max' || spec.merge === 'min' ? spec.merge : 'sum'
    return [panel('lines', unitOf(spec), title, `${spec.help}.`, top(20, q.now(name, { ...split, fold })), more)]
  }

  function distribution(): readonly Panel[] {
    if (spec.kind !== 'histogram') return []
    return [heatmap(unitOf(spec), 'Distribution', `${spec.help}: how many of which size.`, q.buckets(name))]
  }
}

function unitOf({ unit }: MetricSpec): Unit {
  if (unit === 's' || unit === 'ms') return unit
  if (unit === 'By') return 'bytes'
  return unit === '1' ? 'percentunit' : 'short'
}
