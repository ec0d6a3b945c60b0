import { useEffect, useRef, useState } from 'preact/hooks'
import { bucketsOnGrid, chartGrid } from '../figures/chart-data.js'
import { formatFigure, type Unit } from '../figures/format-figure.js'
import type { Moment } from '../figures/moment.js'
import type { Family } from '../history/family.js'
import { readStyle } from './chart-style.js'
import { useWidth } from './use-width.js'

interface HeatmapProps {
  readonly family: Family
  readonly moment: Moment
  readonly unit: Unit
}

/** Counts of a histogram's buckets over time: a row for each bucket that has any, a column for each step. */
interface Heat {
  readonly bounds: readonly number[]
  readonly rows: readonly Float64Array[]
  readonly times: readonly number[]
  readonly most: number
}

const LEFT = 72
const BOTTOM = 24
const ROW_HEIGHT = 22
const STEPS = 60

/** Where a histogram's observations fall over time; the darker, the more. */
export function Heatmap({ family, moment, unit }: HeatmapProps) {
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(host)
  const [pointed, setPointed] = useState('')
  const heat = heatOf(family, moment)
  const height = Math.max(3, heat.rows.length) * ROW_HEIGHT + BOTTOM
  const theme = document.documentElement.dataset.theme
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, heat, unit, width, height)
  }, [moment, width, theme])
  const point = ({ offsetX, offsetY }: MouseEvent): void => setPointed(describe(heat, unit, width, offsetX, offsetY))
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
  const seconds = ((whole.at(-1) ?? 0) - (whole[0] ?? 0)) / STEPS
  const times = Array.from({ length: STEPS }, (_, i) => (whole[0] ?? 0) + (i + 1) * seconds)
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
  width: number,
  height: number,
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
  const column = (width - LEFT) / STEPS
  rows.forEach((row, i) => {
    const top = (rows.length - 1 - i) * ROW_HEIGHT
    context.globalAlpha = 1
    context.fillStyle = style.muted
    context.textAlign = 'right'
    context.fillText(boundText(bounds, i, unit), LEFT - 8, top + ROW_HEIGHT / 2)
    context.fillStyle = style.heat
    row.forEach((count, step) => {
      // The square root lets few observations be seen beside many.
      context.globalAlpha = count === 0 ? 0.04 : 0.15 + 0.85 * Math.sqrt(count / most)
      context.fillRect(LEFT + step * column, top + 1, Math.max(1, column - 1), ROW_HEIGHT - 2)
    })
  })
  context.globalAlpha = 1
  context.fillStyle = style.muted
  context.textAlign = 'center'
  for (let step = 6; step < STEPS; step += Math.ceil(90 / column)) {
    context.fillText(clock(times[step] ?? 0), LEFT + step * column, height - BOTTOM / 2)
  }
}

function boundText(bounds: readonly number[], i: number, unit: Unit): string {
  const bound = bounds[i] ?? Number.NaN
  return Number.isFinite(bound) ? `≤ ${formatFigure(bound, unit)}` : `> ${formatFigure(bounds[i - 1], unit)}`
}

function describe({ bounds, rows, times }: Heat, unit: Unit, width: number, x: number, y: number): string {
  const row = rows.length - 1 - Math.floor(y / ROW_HEIGHT)
  const step = Math.floor(((x - LEFT) / (width - LEFT)) * STEPS)
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
