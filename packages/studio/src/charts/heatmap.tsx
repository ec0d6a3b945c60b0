import { useEffect, useRef, useState } from 'preact/hooks'
import { chartGrid } from '../figures/chart-data.js'
import { formatFigure, type Unit } from '../figures/format-figure.js'
import type { Moment } from '../figures/moment.js'
import { bucketsOnGrid } from '../history/distributions-on-grid.js'
import type { Family } from '../history/family.js'
import { readStyle } from './chart-style.js'
import { useWidth } from './use-width.js'

interface HeatmapProps {
  readonly family: Family
  readonly moment: Moment
  readonly unit: Unit
}

/** Counts of a histogram's buckets over time: one row per bucket with observations, one column per step. */
interface Heat {
  readonly bounds: readonly number[]
  readonly rows: readonly Float64Array[]
  readonly times: readonly number[]
  readonly most: number
}

/** In CSS pixels. */
interface Size {
  readonly width: number
  readonly height: number
  readonly rowHeight: number
}

const LEFT = 72
const BOTTOM = 24
const LEAST_ROW = 22
const MOST_ROW = 48
const ROWS_HEIGHT = 260
const MOST_STEPS = 60
/** A step contains at least two polls. */
const LEAST_STEP_SECONDS = 5

/** Shows the distribution of a histogram's observations over time; darker cells have more. */
export function Heatmap({ family, moment, unit }: HeatmapProps) {
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(host)
  const [pointed, setPointed] = useState('')
  const heat = heatOf(family, moment)
  const rowHeight = Math.min(MOST_ROW, Math.max(LEAST_ROW, ROWS_HEIGHT / Math.max(1, heat.rows.length)))
  const size: Size = { width, rowHeight, height: Math.max(1, heat.rows.length) * rowHeight + BOTTOM }
  const theme = document.documentElement.dataset.theme
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, heat, unit, size)
  }, [moment, width, theme])
  const point = ({ offsetX, offsetY }: MouseEvent): void => setPointed(describe(heat, unit, size, offsetX, offsetY))
  return (
    <figure class="chart">
      <div ref={host}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${family.name}: observations by size over time. ${busiest(heat, unit)}`}
          onMouseMove={point}
          onMouseLeave={() => setPointed('')}
        />
      </div>
      <p class="note pointed">{pointed || busiest(heat, unit)}</p>
    </figure>
  )
}

function heatOf(family: Family, moment: Moment): Heat {
  const whole = chartGrid(moment)
  const shown = (whole.at(-1) ?? 0) - (whole[0] ?? 0)
  const steps = Math.min(MOST_STEPS, Math.floor(shown / LEAST_STEP_SECONDS))
  const seconds = shown / steps
  const times = Array.from({ length: steps }, (_, i) => (whole[0] ?? 0) + (i + 1) * seconds)
  const { bounds, rows } = bucketsOnGrid([...family.series.values()], times, seconds)
  const own = rows.map((row, i) => row.map((count, step) => Math.max(0, count - (rows[i - 1]?.[step] ?? 0))))
  const used = own.map((row) => row.some((count) => count > 0))
  const [from, to] = [used.indexOf(true), used.lastIndexOf(true)]
  if (from < 0) return { bounds: [], rows: [], times, most: 0 }
  const kept = own.slice(from, to + 1)
  return {
    bounds: bounds.slice(from, to + 1),
    rows: kept,
    times,
    most: Math.max(...kept.map((row) => Math.max(...row))),
  }
}

function draw(
  canvas: HTMLCanvasElement,
  { bounds, rows, times, most }: Heat,
  unit: Unit,
  { width, height, rowHeight }: Size,
) {
  const context = canvas.getContext('2d')
  if (context === null) return
  const scale = devicePixelRatio
  canvas.width = width * scale
  canvas.height = height * scale
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  context.scale(scale, scale)
  const style = readStyle()
  context.font = style.font
  context.textBaseline = 'middle'
  const column = (width - LEFT) / times.length
  rows.forEach((row, i) => {
    const top = (rows.length - 1 - i) * rowHeight
    context.globalAlpha = 1
    context.fillStyle = style.muted
    context.textAlign = 'right'
    context.fillText(boundText(bounds, i, unit), LEFT - 8, top + rowHeight / 2)
    context.fillStyle = style.heat
    row.forEach((count, step) => {
      // The square root keeps few observations visible beside many.
      context.globalAlpha = count === 0 ? 0.04 : 0.15 + 0.85 * Math.sqrt(count / most)
      context.fillRect(LEFT + step * column, top + 1, Math.max(1, column - 1), rowHeight - 2)
    })
  })
  context.globalAlpha = 1
  context.fillStyle = style.muted
  context.textAlign = 'center'
  for (let step = 6; step < times.length; step += Math.ceil(90 / column)) {
    context.fillText(clock(times[step] ?? 0), LEFT + step * column, height - BOTTOM / 2)
  }
}

function boundText(bounds: readonly number[], i: number, unit: Unit): string {
  const bound = bounds[i] ?? Number.NaN
  return Number.isFinite(bound) ? `≤ ${formatFigure(bound, unit)}` : `> ${formatFigure(bounds[i - 1], unit)}`
}

function describe({ bounds, rows, times }: Heat, unit: Unit, { width, rowHeight }: Size, x: number, y: number): string {
  const row = rows.length - 1 - Math.floor(y / rowHeight)
  const step = Math.floor(((x - LEFT) / (width - LEFT)) * times.length)
  const count = rows[row]?.[step]
  if (count === undefined) return ''
  return `${formatFigure(count, 'count')} observations ${boundText(bounds, row, unit)}, until ${clock(times[step] ?? 0)}`
}

function busiest({ bounds, rows }: Heat, unit: Unit): string {
  const sums = rows.map((row) => row.reduce((sum, count) => sum + count, 0))
  const most = Math.max(0, ...sums)
  return most === 0
    ? 'No observations in this time.'
    : `Most observations are ${boundText(bounds, sums.indexOf(most), unit)}.`
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB')
}
