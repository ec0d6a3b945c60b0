import { formatFigure } from '../figures/format-figure.js'
import { findings, instrumentations, type SeriesCount, seriesCounts } from '../figures/own-health.js'
import { type Column, FigureTable } from './figure-table.js'
import { FINDING_COLUMNS } from './health-panel.js'
import { Name } from './name.js'
import { Panel } from './panel.js'
import { history, linkTo, moment } from './state.js'

const SERIES_COLUMNS: readonly Column<SeriesCount>[] = [
  { title: 'Metric', kind: 'text', cell: ({ metric }) => <Name text={metric} />, by: ({ metric }) => metric },
  { title: 'Series', kind: 'figure', cell: ({ series }) => formatFigure(series, 'count'), by: ({ series }) => series },
]

/** Quipu's own state: dropped values, detected libraries, number of series. */
export function HealthPage() {
  const found = findings(moment.value)
  const counts = seriesCounts(moment.value)
  const total = counts.reduce((sum, { series }) => sum + series, 0)
  return (
    <>
      <h1 class="unseen">Health</h1>
      <div class="panels">
        <Panel title="Dropped, folded, not sent" note={found.length === 0 ? 'nothing' : ''} isWide>
          {found.length === 0 ? (
            <p class="good">Nothing was dropped, folded or refused.</p>
          ) : (
            <FigureTable
              caption="What was dropped, folded or not sent"
              columns={FINDING_COLUMNS}
              rows={found}
              keyOf={({ kind, what, why }) => `${kind} ${what} ${why}`}
              limit={50}
            />
          )}
        </Panel>
        <Panel
          title="Found in the application"
          link={{ href: linkTo('metrics', 'quipu_instrumentation_info'), text: 'Metric' }}
        >
          <ul class="facts">
            {instrumentations(moment.value).map(({ name, kind, status }) => (
              <li key={`${kind} ${name}`}>
                <Name text={name} /> <small>{kind}</small>{' '}
                <em class={status === 'active' ? 'good' : 'warn'}>{status}</em>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Series" note={`${formatFigure(total, 'count')} in the application`}>
          <FigureTable
            caption="Series by metric"
            columns={SERIES_COLUMNS}
            rows={counts}
            keyOf={({ metric }) => metric}
            limit={12}
          />
          {history.leftOut > 0 ? (
            <p class="warn">
              {formatFigure(history.leftOut, 'count')} samples of the pages are not kept here: there are too many.
            </p>
          ) : null}
        </Panel>
      </div>
    </>
  )
}
