import { formatFigure } from '../figures/format-figure.js'
import type { Moment } from '../figures/moment.js'
import { type Finding, findings } from '../figures/own-health.js'
import { type Column, FigureTable } from './figure-table.js'
import { Name } from './name.js'
import { Panel } from './panel.js'
import { linkTo } from './state.js'

export const FINDING_COLUMNS: readonly Column<Finding>[] = [
  { title: 'What', kind: 'text', cell: ({ what }) => <Name text={what} />, by: ({ what }) => what },
  { title: 'Why', kind: 'text', cell: ({ why }) => <Name text={why} />, by: ({ why }) => why },
  { title: 'Count', kind: 'figure', cell: ({ count }) => formatFigure(count, 'count'), by: ({ count }) => count },
]

/** What Quipu dropped, folded or could not send. */
export function HealthPanel({ moment }: { readonly moment: Moment }) {
  const found = findings(moment)
  return (
    <Panel title="Quipu itself" link={{ href: linkTo('health'), text: 'Health' }}>
      {found.length === 0 ? (
        <p class="good">Nothing was dropped, folded or refused.</p>
      ) : (
        <FigureTable
          caption="What Quipu dropped, folded or could not send"
          columns={FINDING_COLUMNS}
          rows={found}
          keyOf={({ kind, what, why }) => `${kind} ${what} ${why}`}
          limit={6}
        />
      )}
    </Panel>
  )
}
