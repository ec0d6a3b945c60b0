// @ts-check
import { formatValue } from './format-value.mjs'

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {readonly (readonly [seconds: number, value: number])[]} points
 *
 * @typedef {object} Chart
 * @property {string} unit
 * @property {number} width
 * @property {number} height
 * @property {readonly Series[]} series
 * @property {number | undefined} limit
 * @property {boolean} [stacked]
 */

const colours = [
  '#73bf69',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#fade2a',
  '#8ab8ff',
  '#37872d',
  '#e0b400',
  '#c15c17',
]
const axis = { left: 64, bottom: 20, top: 6, right: 8 }

/** Lines over time, stacked or not. @param {Chart} chart */
export function lines({ unit, width, height, series, limit, stacked = false }) {
  if (series.length === 0) return empty(width, height)
  // The last row has room for the parts of letters that are below their line.
  const legendHeight = 18 * Math.ceil(Math.min(series.length, 9) / 3) + 6
  const plot = { width: width - axis.left - axis.right, height: height - axis.top - axis.bottom - legendHeight }
  const stackedSeries = stacked ? stack(series) : series.map((one) => ({ ...one, base: undefined }))
  const times = series.flatMap(({ points }) => points.map(([time]) => time))
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const values = stackedSeries.flatMap(({ points }) => points.map(([, value]) => value).filter(Number.isFinite))
  const ticks = niceTicks(Math.max(...values, 0) || 1)
  const most = ticks.at(-1) ?? 1
  const x = (/** @type {number} */ time) => axis.left + ((time - from) / (to - from || 1)) * plot.width
  const y = (/** @type {number} */ value) => axis.top + plot.height * (1 - value / most)
  const grid = ticks.map(
    (tick) =>
      `<line x1="${axis.left}" x2="${width - axis.right}" y1="${y(tick)}" y2="${y(tick)}" class="grid"/>` +
      `<text x="${axis.left - 6}" y="${y(tick) + 4}" text-anchor="end">${formatValue(tick, unit)}</text>`,
  )
  const hours = [0, 0.33, 0.66].map((part) => {
    const time = from + (to - from) * part
    return `<text x="${x(time)}" y="${axis.top + plot.height + 16}">${new Date(time * 1000).toISOString().slice(11, 19)}</text>`
  })
  const at = (/** @type {readonly (readonly [number, number])[]} */ points) =>
    points.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`)
  const paths = stackedSeries.flatMap(({ points, base }, i) => {
    const colour = colours[i % colours.length]
    return unbroken(points).map((part) => {
      const under = part.map(([time]) => base?.find(([other]) => other === time) ?? /** @type {const} */ ([time, 0]))
      return (
        `<polygon points="${[...at(part), ...at(under).reverse()].join(' ')}" fill="${colour}" opacity="${stacked ? 0.45 : 0.08}"/>` +
        `<polyline points="${at(part).join(' ')}" fill="none" stroke="${colour}" stroke-width="1.8"/>`
      )
    })
  })
  const line =
    limit === undefined || limit > most
      ? ''
      : `<line x1="${axis.left}" x2="${width - axis.right}" y1="${y(limit)}" y2="${y(limit)}" stroke="#f2495c" stroke-dasharray="6 4"/>`
  return svg(width, height, [...grid, ...hours, ...paths, line, legend(series, width, height - legendHeight + 4)])
}

/** Bars, the longest first. @param {Chart} chart */
export function ranking({ unit, width, height, series, limit }) {
  if (series.length === 0) return empty(width, height)
  const bars = series
    .map(({ name, points }) => ({ name, value: points.at(-1)?.[1] ?? Number.NaN }))
    .sort((a, b) => b.value - a.value)
    .slice(0, 8)
  const most = Math.max(...bars.map(({ value }) => value), 1e-9)
  const step = Math.min(34, height / bars.length)
  const room = width - 260
  return svg(
    width,
    height,
    bars.map(({ name, value }, i) => {
      const y = i * step + 4
      const colour = limit !== undefined && value >= limit ? '#f2495c' : '#73bf69'
      return (
        `<text x="0" y="${y + step / 2 + 1}">${escapeXml(shorten(name, 26))}</text>` +
        `<rect x="180" y="${y}" width="${room}" height="${step - 10}" fill="#22252b"/>` +
        `<rect x="180" y="${y}" width="${Math.max(1, (room * value) / most)}" height="${step - 10}" fill="${colour}" opacity="0.8"/>` +
        `<text x="${width - 4}" y="${y + step / 2 + 1}" text-anchor="end" class="strong">${formatValue(value, unit)}</text>`
      )
    }),
  )
}

/** One large number. @param {Chart} chart */
export function number({ unit, width, height, series, limit }) {
  const value = series[0]?.points.at(-1)?.[1] ?? Number.NaN
  const colour = !Number.isFinite(value) ? '#6e7480' : limit !== undefined && value >= limit ? '#f2495c' : '#73bf69'
  const size = Number.isFinite(value) ? 38 : 22
  return svg(width, height, [
    `<text x="${width / 2}" y="${height / 2 + 12}" text-anchor="middle" style="font-size:${size}px;fill:${colour}">${formatValue(value, unit)}</text>`,
  ])
}

/** Counts by bucket and time; series are cumulative, as classic histograms are. @param {Chart} chart */
export function heatmap({ unit, width, height, series }) {
  if (series.length === 0) return empty(width, height)
  const rows = series
    .map(({ name, points }) => ({ bound: name === '+Inf' ? Number.POSITIVE_INFINITY : Number(name), points }))
    .sort((a, b) => a.bound - b.bound)
  const cells = rows.map(({ points }, i) =>
    points.map(([time, value], at) => /** @type {const} */ ([time, value - (rows[i - 1]?.points[at]?.[1] ?? 0)])),
  )
  const most = Math.max(...cells.flat().map(([, count]) => count), 1e-9)
  const plot = { width: width - axis.left, height: height - axis.bottom }
  const [cellWidth, cellHeight] = [plot.width / (rows[0]?.points.length ?? 1), plot.height / rows.length]
  return svg(
    width,
    height,
    rows.flatMap(({ bound }, row) => {
      const y = plot.height - (row + 1) * cellHeight
      const label = `<text x="${axis.left - 6}" y="${y + cellHeight / 2 + 4}" text-anchor="end">${Number.isFinite(bound) ? formatValue(bound, unit) : '∞'}</text>`
      const boxes = (cells[row] ?? []).map(([, count], column) => {
        const opacity = Math.sqrt(Math.max(0, count) / most).toFixed(2)
        return `<rect x="${(axis.left + column * cellWidth).toFixed(1)}" y="${y.toFixed(1)}" width="${(cellWidth - 1).toFixed(1)}" height="${(cellHeight - 1).toFixed(1)}" fill="#ff9830" opacity="${opacity}"/>`
      })
      return [label, ...boxes]
    }),
  )
}

/**
 * Splits a line at gaps: nothing is drawn for a missing value.
 * @param {Series['points']} points
 */
function unbroken(points) {
  const there = points.filter(([, value]) => Number.isFinite(value))
  const step = Math.min(...there.slice(1).map(([time], i) => time - (there[i]?.[0] ?? 0)))
  /** @type {(readonly [number, number])[][]} */
  const parts = []
  for (const point of there) {
    const last = parts.at(-1)
    const [lastTime = Number.NEGATIVE_INFINITY] = last?.at(-1) ?? []
    if (last === undefined || point[0] - lastTime > 1.5 * step) parts.push([point])
    else last.push(point)
  }
  return parts
}

/** @param {readonly Series[]} series */
function stack(series) {
  /** @type {Map<number, number>} */
  const sums = new Map()
  return series.map(({ name, points }) => {
    const base = points.map(([time]) => /** @type {const} */ ([time, sums.get(time) ?? 0]))
    const raised = points.map(([time, value]) => {
      const sum = (sums.get(time) ?? 0) + (Number.isFinite(value) ? value : 0)
      sums.set(time, sum)
      return /** @type {const} */ ([time, sum])
    })
    return { name, points: raised, base }
  })
}

/** @param {readonly Series[]} series @param {number} width @param {number} top */
function legend(series, width, top) {
  const column = (width - 10) / 3
  return series
    .slice(0, 9)
    .map(({ name }, i) => {
      const [x, y] = [8 + (i % 3) * column, top + 12 + 18 * Math.floor(i / 3)]
      return (
        `<rect x="${x}" y="${y - 8}" width="12" height="4" fill="${colours[i % colours.length]}"/>` +
        `<text x="${x + 18}" y="${y}">${escapeXml(shorten(name, Math.floor(column / 7.5)))}</text>`
      )
    })
    .join('')
}

/** @param {number} most @returns {readonly number[]} */
function niceTicks(most) {
  const rough = most / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step)
}

/** @param {number} width @param {number} height */
function empty(width, height) {
  return svg(width, height, [
    `<text x="${width / 2}" y="${height / 2}" text-anchor="middle" style="font-size:15px">No data</text>`,
  ])
}

/** @param {number} width @param {number} height @param {readonly string[]} parts */
function svg(width, height, parts) {
  return `<svg width="${width}" height="${height}">${parts.join('')}</svg>`
}

/** @param {string} text @param {number} most */
function shorten(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** @param {string} text */
export function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
