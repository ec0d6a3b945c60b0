import { type LibraryName, libraries } from './case-table.js'
import type { Figure } from './figure.js'
import type { Results, RowResult } from './results.js'
import type { Unit } from './rows.js'

const columns: readonly LibraryName[] = [...libraries, 'nothing']
const others = libraries.filter((library) => library !== 'quipu')

/** Formats the results as Markdown: the conditions, the table, and the missed targets. */
export function toMarkdown(results: Results): string {
  const { environment, rows, failures } = results
  const missed = rows.filter(({ met }) => met === false)
  const unmeasured = rows.filter(({ met, target }) => target !== undefined && met === undefined)
  const load = (loads: readonly number[]): string => loads.map((value) => value.toFixed(2)).join(' ')
  return `${[
    '# Bench',
    'Written by `npm run bench`; do not edit. Each figure is from a fresh process; the libraries take turns, in ' +
      `${results.rounds} rounds${results.quick ? ' (`--quick`: figures to look at, not to quote)' : ''}. ` +
      'A cell is minimum / median. A ratio is theirs divided by ours, of minima / of medians: above 1, ours is smaller. ' +
      'Trust ratios, not absolute figures. A target is met when the medians meet it. `nothing` is the loop and the caller’s own object literal, which every figure includes.',
    [
      `- ${environment.date}, Node ${environment.node}, ${environment.platform}, ${environment.processor}, ${environment.cores} cores, ${environment.memoryGiB} GiB`,
      `- load (1, 5, 15 min) before ${load(environment.loadBefore)}, after ${load(environment.loadAfter)}; took ${environment.seconds} s`,
      `- ${Object.entries(environment.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}`,
    ].join('\n'),
    toTable(rows),
    ...(missed.length > 0 ? [`Missed: ${missed.map(nameOf).join('; ')}.`] : []),
    ...(unmeasured.length > 0 ? [`Not measured: ${unmeasured.map(nameOf).join('; ')}.`] : []),
    ...(failures.length > 0 ? [`Failed:\n${failures.map((failure) => `- ${failure}`).join('\n')}`] : []),
  ].join('\n\n')}\n`
}

function nameOf({ case: name, title, target }: RowResult): string {
  return `${name}, ${title.replace('— ', '')} (${target})`
}

function toTable(rows: readonly RowResult[]): string {
  const shown = columns.filter((library) => rows.some(({ figures }) => figures[library] !== undefined))
  const head = ['', ...shown, ...others.map((library) => `× ${library}`), 'target', 'met']
  const body = rows.map((row) => {
    const { title, unit, figures, ratios, target } = row
    return [
      title,
      ...shown.map((library) => cell(figures[library], unit)),
      ...others.map((library) => {
        const ratio = ratios[library]
        return ratio === undefined ? '' : pair(ratio.min, ratio.median, (value) => round(value))
      }),
      target ?? '',
      verdict(row),
    ]
  })
  return toAligned([head, ...body])
}

function verdict({ target, met, metAtMinimum }: RowResult): string {
  if (target === undefined) return ''
  if (met === undefined) return '?'
  if (met) return 'yes'
  return metAtMinimum === true ? 'only at its minimum' : 'NO'
}

/** Formats a Markdown table with aligned columns, readable as text. */
export function toAligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(3, ...lines.map((line) => line[i]?.length ?? 0)))
  const draw = (line: readonly string[]): string =>
    `| ${line.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? `:${'-'.repeat(width + 1)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const [head = [], ...body] = lines
  return [draw(head), rule, ...body.map(draw)].join('\n')
}

function cell(figure: Figure | undefined, unit: Unit): string {
  if (figure === undefined) return ''
  if (unit === 'yes') return figure.min === 1 ? 'yes' : 'no'
  const suffix = { count: '', times: '×', percent: ' %', yes: '' }[unit as string] ?? ` ${unit}`
  return `${pair(figure.min, figure.median, round)}${suffix}`
}

function pair(min: number, median: number, show: (value: number) => string): string {
  const [left, right] = [show(min), show(median)]
  return left === right ? right : `${left} / ${right}`
}

/** Three significant digits exceed the precision of these figures. */
function round(value: number): string {
  const size = Math.abs(value)
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0)
  return size >= 10 ? value.toFixed(1) : value.toFixed(2)
}
