import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { ChartData } from '../figures/chart-data.js'
import { formatFigure, type Unit } from '../figures/format-figure.js'
import { plainText } from '../figures/plain-text.js'
import { colours, readStyle } from './chart-style.js'
import { useWidth } from './use-width.js'

interface LineChartProps {
  readonly data: ChartData
  readonly unit: Unit
  /** Description for screen readers. */
  readonly title: string
}

const HEIGHT = 280

/** Lines over time. The table of series below it has the same figures as text. */
export function LineChart({ data, unit, title }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const width = useWidth(host)
  const theme = document.documentElement.dataset.theme
  const labels = data.lines.map(({ label }) => label).join('\n')
  useEffect(() => {
    if (host.current === null || width === 0) return undefined
    const created = new uPlot(optionsOf(data, unit, width), toAligned(data), host.current)
    plot.current = created
    return () => {
      plot.current = null
      created.destroy()
    }
  }, [labels, unit, width, theme])
  useEffect(() => plot.current?.setData(toAligned(data)), [data])
  return (
    <figure class="chart">
      <div ref={host} role="img" aria-label={summary(data, unit, title)} />
      <Legend data={data} unit={unit} />
    </figure>
  )
}

function Legend({ data, unit }: Omit<LineChartProps, 'title'>) {
  return (
    <ul class="legend">
      {data.lines.map(({ label, values }, i) => (
        <li key={label}>
          <i class={`swatch c${i + 1}`} aria-hidden="true" />
          <bdi title={plainText(label)}>{plainText(label)}</bdi> <b>{formatFigure(lastOf(values), unit)}</b>
        </li>
      ))}
    </ul>
  )
}

function toAligned({ grid, lines }: ChartData): uPlot.AlignedData {
  return [
    [...grid],
    ...lines.map(({ values }) => Array.from(values, (value) => (Number.isFinite(value) ? value : null))),
  ]
}

function optionsOf({ lines }: ChartData, unit: Unit, width: number): uPlot.Options {
  const style = readStyle()
  const axis = { stroke: style.muted, font: style.font, ticks: { show: false }, grid: { stroke: style.line, width: 1 } }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { points: { size: 7 }, y: false },
    scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.08 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, times) => times.map(clock), space: 80, size: 34 },
      { ...axis, size: 72, values: (_, values) => values.map((value) => formatFigure(value, unit)) },
    ],
    series: [
      {},
      ...lines.map(({ label }, i) => ({
        label: plainText(label),
        stroke: style.palette[i % colours] ?? style.text,
        width: 1.75,
        // Distinguishes lines without colour.
        ...(i % 2 === 1 && { dash: [6, 3] }),
        points: { show: false },
      })),
    ],
  }
}

/** `14:03:07` in the reader's own time. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB')
}

function lastOf(values: Float64Array): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? Number.NaN
}

function summary({ lines }: ChartData, unit: Unit, title: string): string {
  const said = lines.slice(0, 4).map(({ label, values }) => `${label} ${formatFigure(lastOf(values), unit)}`)
  return `${title}, over time. Now: ${said.length === 0 ? 'nothing' : said.join(', ')}`
}
