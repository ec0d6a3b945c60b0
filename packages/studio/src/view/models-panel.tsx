import { Sparkline } from '../charts/sparkline.js'
import { formatFigure } from '../figures/format-figure.js'
import { type ModelRow, modelRows } from '../figures/models.js'
import type { Moment } from '../figures/moment.js'
import { type Column, FigureTable } from './figure-table.js'
import { Name } from './name.js'
import { Panel } from './panel.js'
import { linkTo } from './state.js'

const COLUMNS: readonly Column<ModelRow>[] = [
  { title: 'Model', kind: 'text', cell: ({ model }) => <Name text={model} />, by: ({ model }) => model },
  {
    title: 'Now',
    hint: 'Calls per minute, in the last minute',
    kind: 'figure',
    need: 'minor',
    cell: ({ perMinute }) => formatFigure(perMinute, 'perMinute'),
    by: ({ perMinute }) => perMinute,
  },
  { title: 'Lately', kind: 'picture', cell: ({ spark }) => <Sparkline values={spark()} /> },
  { title: 'Calls', kind: 'figure', cell: ({ calls }) => formatFigure(calls, 'count'), by: ({ calls }) => calls },
  {
    title: 'p50',
    kind: 'figure',
    need: 'minor',
    cell: ({ p50 }) => formatFigure(p50, 'seconds'),
    by: ({ p50 }) => p50,
  },
  { title: 'p95', kind: 'figure', cell: ({ p95 }) => formatFigure(p95, 'seconds'), by: ({ p95 }) => p95 },
  {
    title: 'p95 lately',
    kind: 'picture',
    need: 'extra',
    cell: ({ p95Spark }) => <Sparkline values={p95Spark()} />,
  },
  {
    title: 'Errors',
    kind: 'figure',
    cell: ({ errors, calls }) => <Share part={errors} whole={calls} />,
    by: ({ errors }) => errors,
    isBad: ({ errors, calls }) => errors > 0 && errors / calls > 0.05,
  },
  {
    title: 'Rate limits',
    kind: 'figure',
    cell: ({ rateLimits }) => formatFigure(rateLimits, 'count'),
    by: ({ rateLimits }) => rateLimits,
    isBad: ({ rateLimits, calls }) => rateLimits > 0 && rateLimits / calls > 0.05,
  },
  {
    title: 'Tokens in',
    kind: 'figure',
    cell: ({ inputTokens }) => formatFigure(inputTokens, 'count'),
    by: ({ inputTokens }) => inputTokens,
  },
  {
    title: 'Tokens out',
    kind: 'figure',
    cell: ({ outputTokens }) => formatFigure(outputTokens, 'count'),
    by: ({ outputTokens }) => outputTokens,
  },
  {
    title: 'Cost',
    hint: 'By the price table; a dash without one',
    kind: 'figure',
    cell: ({ cost }) => formatFigure(cost, 'dollars'),
    by: ({ cost }) => cost ?? Number.NaN,
  },
  {
    title: 'Waiting',
    hint: 'Calls without an answer yet',
    kind: 'figure',
    cell: ({ waiting }) => formatFigure(waiting, 'count'),
    by: ({ waiting }) => waiting ?? Number.NaN,
  },
]

/** A count and its share of another count, for comparison. */
export function Share({ part, whole }: { readonly part: number; readonly whole: number }) {
  return (
    <>
      {formatFigure(part, 'count')}
      {part > 0 && whole > 0 ? <small> {formatFigure(part / whole, 'ratio')}</small> : null}
    </>
  )
}

/** Calls, rates, latency, failures, cost and waiting calls by model. */
export function ModelsPanel({ moment }: { readonly moment: Moment }) {
  const rows = modelRows(moment)
  if (rows.length === 0) return null
  return (
    <Panel title="Models" isWide link={{ href: linkTo('metrics', 'llm_requests'), text: 'All model metrics' }}>
      <FigureTable caption="Models" columns={COLUMNS} rows={rows} keyOf={({ model }) => model} />
    </Panel>
  )
}
