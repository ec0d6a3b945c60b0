import { Sparkline } from '../charts/sparkline.js'
import { formatFigure } from '../figures/format-figure.js'
import type { Moment } from '../figures/moment.js'
import { type RouteRow, routeRows } from '../figures/routes.js'
import { type Column, FigureTable } from './figure-table.js'
import { Share } from './models-panel.js'
import { Name } from './name.js'
import { Panel } from './panel.js'
import { linkTo } from './state.js'

const COLUMNS: readonly Column<RouteRow>[] = [
  {
    title: 'Route',
    kind: 'text',
    cell: ({ method, route }) => (
      <span class="route">
        <em>{method}</em> <Name text={route} />
      </span>
    ),
    by: ({ route }) => route,
  },
  { title: 'Lately', kind: 'picture', cell: ({ spark }) => <Sparkline values={spark()} /> },
  {
    title: 'Now',
    hint: 'Requests per minute, in the last minute',
    kind: 'figure',
    need: 'extra',
    cell: ({ perMinute }) => formatFigure(perMinute, 'perMinute'),
    by: ({ perMinute }) => perMinute,
  },
  {
    title: 'Requests',
    kind: 'figure',
    cell: ({ requests }) => formatFigure(requests, 'count'),
    by: ({ requests }) => requests,
  },
  {
    title: 'p50',
    kind: 'figure',
    need: 'extra',
    cell: ({ p50 }) => formatFigure(p50, 'seconds'),
    by: ({ p50 }) => p50,
  },
  { title: 'p95', kind: 'figure', cell: ({ p95 }) => formatFigure(p95, 'seconds'), by: ({ p95 }) => p95 },
  {
    title: '4xx',
    kind: 'figure',
    cell: ({ clientErrors }) => formatFigure(clientErrors, 'count'),
    by: ({ clientErrors }) => clientErrors,
  },
  {
    title: '5xx',
    kind: 'figure',
    cell: ({ serverErrors, requests }) => <Share part={serverErrors} whole={requests} />,
    by: ({ serverErrors }) => serverErrors,
    isBad: ({ serverErrors }) => serverErrors > 0,
  },
]

/** Requests by route. */
export function RoutesPanel({ moment }: { readonly moment: Moment }) {
  const rows = routeRows(moment)
  if (rows.length === 0) return null
  return (
    <Panel
      title="Requests"
      note="by route"
      link={{ href: linkTo('metrics', 'app_requests'), text: 'All request metrics' }}
    >
      <FigureTable
        caption="Requests by route"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ method, route }) => `${method} ${route}`}
      />
    </Panel>
  )
}
