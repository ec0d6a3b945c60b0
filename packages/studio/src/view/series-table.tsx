import { formatExact, formatFigure, unitOf } from '../figures/format-figure.js'
import { labelNames } from '../figures/select.js'
import { type Family, isLive, type Series } from '../history/family.js'
import { distributionOf, quantileOf } from '../history/quantile.js'
import { type Column, FigureTable } from './figure-table.js'
import { Name } from './name.js'
import { tick } from './state.js'

/** The numbers of a family on its page, by series. */
export function SeriesTable({ family }: { readonly family: Family }) {
  // A component with unchanged properties is rendered again only for the signals that it reads.
  tick.value
  return (
    <FigureTable
      caption={`Series of ${family.queryName}`}
      columns={columnsOf(family)}
      rows={[...family.series.values()]}
      keyOf={({ labels }) => JSON.stringify([...labels])}
      limit={20}
    />
  )
}

function columnsOf(family: Family): readonly Column<Series>[] {
  const unit = unitOf(family)
  const labels = labelNames(family).map(
    (name): Column<Series> => ({
      title: name,
      kind: 'text',
      cell: (series) => <Name text={series.labels.get(name) ?? ''} />,
      by: (series) => series.labels.get(name) ?? '',
    }),
  )
  const first: readonly Column<Series>[] =
    labels.length > 0 ? labels : [{ title: 'Series', kind: 'text', cell: () => 'the only one' }]
  const isDistribution = family.type === 'histogram' || family.type === 'summary'
  const value: Column<Series> = {
    title: isDistribution ? 'Count' : 'Value',
    kind: 'figure',
    cell: (series) => (isLive(series) ? formatExact(series.value?.last ?? Number.NaN) : 'gone'),
    by: (series) => series.value?.last ?? Number.NaN,
  }
  if (!isDistribution) return [...first, value]
  const mean = ({ sum, value: count }: Series): number => (sum?.last ?? Number.NaN) / (count?.last ?? Number.NaN)
  const p95 = (series: Series): number => quantileOf(0.95, distributionOf([series], undefined))
  return [
    ...first,
    value,
    { title: 'Mean', kind: 'figure', cell: (series) => formatFigure(mean(series), unit), by: mean },
    ...(family.type === 'histogram'
      ? [{ title: 'p95', kind: 'figure', cell: (series: Series) => formatFigure(p95(series), unit), by: p95 } as const]
      : []),
  ]
}
