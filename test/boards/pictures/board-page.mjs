// @ts-check
import { escapeXml, heatmap, lines, number, ranking } from './charts.mjs'

/**
 * @typedef {import('./charts.mjs').Series} Series
 * @typedef {object} Panel
 * @property {string} type
 * @property {string} title
 * @property {{ x: number, y: number, w: number, h: number }} gridPos
 * @property {readonly { expr: string, legendFormat?: string, instant?: boolean }[]} [targets]
 * @property {{ defaults: { unit?: string, custom?: { stacking?: { mode: string } }, thresholds?: { steps: readonly { value: number | null }[] } } }} [fieldConfig]
 * @property {{ yAxis?: { unit?: string } }} [options]
 */

const COLUMN = 65
const ROW = 38
export const PAGE_WIDTH = 24 * COLUMN + 16

const style = `
  body { margin: 0; background: #111217; font: 12px "DejaVu Sans", sans-serif; color: #ccccdc; }
  h1 { font-size: 18px; font-weight: 500; margin: 14px 12px 10px; }
  .board { position: relative; margin: 0 8px; }
  .panel { position: absolute; background: #181b1f; border: 1px solid #2c3038; border-radius: 3px; overflow: hidden; }
  .panel h2 { font-size: 13px; font-weight: 500; margin: 8px 10px 4px; white-space: nowrap; }
  .panel svg { display: block; margin-left: 8px; }
  .row { position: absolute; font-size: 14px; padding-top: 12px; }
  text { fill: #9fa7b3; font-size: 11px; } .strong { fill: #e6e6ee; } .grid { stroke: #262a31; }
`

/**
 * Draws a board as a page from its Grafana JSON, which defines places, kinds, units and limits.
 * @param {{ title: string, panels: readonly Panel[] }} board
 * @param {(panel: Panel) => Promise<readonly Series[]>} readSeries
 * @returns {Promise<{ html: string, height: number }>}
 */
export async function boardPage({ title, panels }, readSeries) {
  const filled = await Promise.all(panels.map(async (panel) => ({ panel, series: await readFor(panel, readSeries) })))
  const shown = withoutEmptyRows(filled)
  const parts = shown.map(({ panel, series, top }) => {
    const { x, w, h } = panel.gridPos
    const box = `left:${x * COLUMN}px;top:${top * ROW}px;width:${w * COLUMN - 8}px;height:${h * ROW - 8}px`
    if (panel.type === 'row') return `<div class="row" style="${box}">${escapeXml(panel.title)}</div>`
    const chart = draw(panel, series, w * COLUMN - 26, h * ROW - 44)
    return `<div class="panel" style="${box}"><h2>${escapeXml(panel.title)}</h2>${chart}</div>`
  })
  const rows = Math.max(...shown.map(({ panel, top }) => top + panel.gridPos.h))
  const html = `<!doctype html><meta charset="utf-8"><style>${style}</style><h1>${escapeXml(title)}</h1><div class="board">${parts.join('\n')}</div>`
  return { html, height: rows * ROW + 56 }
}

/** @param {Panel} panel @param {(panel: Panel) => Promise<readonly Series[]>} readSeries */
function readFor(panel, readSeries) {
  return panel.type === 'row' ? Promise.resolve([]) : readSeries(panel)
}

/**
 * Leaves out each row whose panels all lack data: the example does not send what they show. Those below move up.
 * @param {readonly { panel: Panel, series: readonly Series[] }[]} filled
 */
function withoutEmptyRows(filled) {
  const starts = filled.flatMap(({ panel }) => (panel.type === 'row' ? [panel.gridPos.y] : []))
  const empty = starts.flatMap((from, i) => {
    const to = starts[i + 1] ?? Math.max(...filled.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h))
    const own = filled.filter(({ panel: { type, gridPos } }) => type !== 'row' && gridPos.y > from && gridPos.y < to)
    return own.every(({ series }) => series.length === 0) ? [{ from, to }] : []
  })
  return filled.flatMap(({ panel, series }) => {
    const { y } = panel.gridPos
    if (empty.some(({ from, to }) => y >= from && y < to)) return []
    const above = empty.filter(({ to }) => to <= y).reduce((sum, { from, to }) => sum + to - from, 0)
    return [{ panel, series, top: y - above }]
  })
}

/** @param {Panel} panel @param {readonly Series[]} series @param {number} width @param {number} height */
function draw(panel, series, width, height) {
  const defaults = panel.fieldConfig?.defaults
  const unit = defaults?.unit ?? panel.options?.yAxis?.unit ?? 'short'
  const limit = defaults?.thresholds?.steps.find(({ value }) => value !== null)?.value ?? undefined
  const chart = { unit, width, height, series, limit }
  if (panel.type === 'stat') return number(chart)
  if (panel.type === 'bargauge') return ranking(chart)
  if (panel.type === 'heatmap') return heatmap(chart)
  return lines({ ...chart, stacked: defaults?.custom?.stacking?.mode === 'normal' })
}
