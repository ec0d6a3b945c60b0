import { Sparkline } from '../charts/sparkline.js'
import { formatFigure } from '../figures/format-figure.js'
import type { Moment } from '../figures/moment.js'
import { actionRows, featureRows, toolRows, type UseRow } from '../figures/uses.js'
import { type Column, FigureTable } from './figure-table.js'
import { Share } from './models-panel.js'
import { Name } from './name.js'
import { Panel } from './panel.js'
import { linkTo } from './state.js'

/** The features of the application. */
export function FeaturesPanel({ moment }: { readonly moment: Moment }) {
  return <UsesPanel title="Features" first="Feature" rows={featureRows(moment)} family="feature_usage" />
}

/** The tools that models call. */
export function ToolsPanel({ moment }: { readonly moment: Moment }) {
  return <UsesPanel title="Tools" first="Tool" rows={toolRows(moment)} family="gen_ai_execute_tool_duration_seconds" />
}

/** The actions of users. */
export function ActionsPanel({ moment }: { readonly moment: Moment }) {
  return <UsesPanel title="User actions" first="Action" rows={actionRows(moment)} family="user_action" />
}

interface UsesPanelProps {
  readonly title: string
  readonly first: string
  readonly rows: readonly UseRow[]
  readonly family: string
}

function UsesPanel({ title, first, rows, family }: UsesPanelProps) {
  if (rows.length === 0) return null
  const hasTokens = rows.some(({ tokens }) => tokens !== undefined)
  const columns = columnsOf(first).filter((column) => hasTokens || column.title !== 'Tokens')
  return (
    <Panel title={title} link={{ href: linkTo('metrics', family), text: `All ${title.toLowerCase()} metrics` }}>
      <FigureTable caption={title} columns={columns} rows={rows} keyOf={({ name }) => name} />
    </Panel>
  )
}

function columnsOf(first: string): readonly Column<UseRow>[] {
  return [
    { title: first, kind: 'text', cell: ({ name }) => <Name text={name} />, by: ({ name }) => name },
    { title: 'Lately', kind: 'picture', cell: ({ spark }) => <Sparkline values={spark()} /> },
    {
      title: 'Now',
      hint: 'Per minute, in the last minute',
      kind: 'figure',
      need: 'extra',
      cell: ({ perMinute }) => formatFigure(perMinute, 'perMinute'),
      by: ({ perMinute }) => perMinute,
    },
    { title: 'Uses', kind: 'figure', cell: ({ uses }) => formatFigure(uses, 'count'), by: ({ uses }) => uses },
    { title: 'p95', kind: 'figure', cell: ({ p95 }) => formatFigure(p95, 'seconds'), by: ({ p95 }) => p95 },
    {
      title: 'Errors',
      kind: 'figure',
      cell: ({ errors, uses }) => <Share part={errors} whole={uses} />,
      by: ({ errors }) => errors,
      isBad: ({ errors, uses }) => errors > 0 && errors / uses > 0.05,
    },
    {
      title: 'Tokens',
      kind: 'figure',
      cell: ({ tokens }) => formatFigure(tokens, 'count'),
      by: ({ tokens }) => tokens ?? Number.NaN,
    },
  ]
}
