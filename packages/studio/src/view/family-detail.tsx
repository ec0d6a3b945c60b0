import { useState } from 'preact/hooks'
import { Heatmap } from '../charts/heatmap.js'
import { LineChart } from '../charts/line-chart.js'
import { panelOf } from '../figures/boards.js'
import { chartData } from '../figures/chart-data.js'
import { type Unit, unitOf } from '../figures/format-figure.js'
import { promqlOf, type Reading, readingsOf } from '../figures/promql.js'
import { labelNames } from '../figures/select.js'
import type { Family } from '../history/family.js'
import { CopyText } from './copy-text.js'
import { SeriesTable } from './series-table.js'
import { moment } from './state.js'

const TITLES: Readonly<Record<Reading, string>> = {
  rate: 'Per second',
  increase: 'Increase',
  value: 'Value',
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  mean: 'Mean',
}

/** A family: its help, its chart, its series, and the query that shows the same in Prometheus. */
export function FamilyDetail({ family }: { readonly family: Family }) {
  const readings = readingsOf(family)
  const names = labelNames(family)
  const [shown, setShown] = useState<Reading | 'heatmap'>(readings[0] ?? 'value')
  const [split, setSplit] = useState<readonly string[]>(names.slice(0, 1))
  const reading = shown === 'heatmap' ? 'p95' : shown
  const promql =
    shown === 'heatmap' ? `sum by (le) (increase(${family.name}_bucket[1m]))` : promqlOf(family, reading, split)
  return (
    <article class="family" aria-labelledby="family-title">
      <header>
        <h1 id="family-title">{family.queryName}</h1>
        <p class="help">{family.help || 'The page has no help text for this metric.'}</p>
        <p class="note">
          {family.type}
          {family.unit === '' ? '' : ` in ${family.unit}`} · {family.series.size} series · on /{family.page}
        </p>
      </header>
      <div class="controls">
        <Choices title="Show" values={choicesOf(family, readings)} chosen={shown} onChoose={setShown} />
        {names.length === 0 || shown === 'heatmap' ? null : <Split names={names} split={split} setSplit={setSplit} />}
      </div>
      <Chart family={family} shown={shown} split={split} />
      <CopyText title="PromQL" text={promql} />
      <BoardPlace family={family.name} />
      <SeriesTable family={family} />
    </article>
  )
}

/** Where the boards show the family. */
function BoardPlace({ family }: { readonly family: string }) {
  const panel = panelOf(family)
  if (panel === undefined) {
    return (
      <p class="note">
        On no built-in board. <code>npx quipu boards --catalog ./catalog.js</code> writes a board of your own metrics.
      </p>
    )
  }
  return (
    <>
      <CopyText title="In Grafana" text={panel.path} />
      <p class="note">
        <b>{panel.title}</b> on the board <b>{panel.board}</b>, <code>{panel.file}</code>, which{' '}
        <code>npx quipu boards</code> writes.
      </p>
    </>
  )
}

function choicesOf(
  { type }: Family,
  readings: readonly Reading[],
): readonly (readonly [Reading | 'heatmap', string])[] {
  const choices = readings.map((reading) => [reading, TITLES[reading]] as const)
  return type === 'histogram' ? [...choices, ['heatmap', 'Heatmap']] : choices
}

interface ChartProps {
  readonly family: Family
  readonly shown: Reading | 'heatmap'
  readonly split: readonly string[]
}

function Chart({ family, shown, split }: ChartProps) {
  const now = moment.value
  if (shown === 'heatmap') return <Heatmap family={family} moment={now} unit={unitOf(family)} />
  const data = chartData(family, shown, split, now)
  return (
    <>
      <LineChart data={data} unit={chartUnit(family, shown)} title={`${family.queryName}, ${TITLES[shown]}`} />
      {data.more > 0 ? <p class="note">{data.more} more are not drawn: the largest are.</p> : null}
    </>
  )
}

function chartUnit(family: Family, reading: Reading): Unit {
  if (reading === 'rate') return family.type === 'counter' && unitOf(family) === 'bytes' ? 'bytes' : 'perSecond'
  return unitOf(family)
}

interface ChoicesProps<T extends string> {
  readonly title: string
  readonly values: readonly (readonly [T, string])[]
  readonly chosen: T
  readonly onChoose: (value: T) => void
}

function Choices<T extends string>({ title, values, chosen, onChoose }: ChoicesProps<T>) {
  return (
    <fieldset class="segments">
      <legend>{title}</legend>
      {values.map(([value, text]) => (
        <label key={value}>
          <input type="radio" name={title} checked={value === chosen} onChange={() => onChoose(value)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  )
}

interface SplitProps {
  readonly names: readonly string[]
  readonly split: readonly string[]
  readonly setSplit: (names: readonly string[]) => void
}

function Split({ names, split, setSplit }: SplitProps) {
  return (
    <fieldset class="segments">
      <legend>Split by</legend>
      {names.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={split.includes(name)}
            onChange={() => setSplit(split.includes(name) ? split.filter((each) => each !== name) : [...split, name])}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  )
}
