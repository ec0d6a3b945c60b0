import type { Colours } from '../terminal/colours.js'
import { formatTable } from '../terminal/table.js'
import type { PageHistory } from './page-history.js'
import { panels, type Row, readPanel } from './panels.js'

/** The content of a screen. */
export interface Screen {
  readonly name: string
  /** The reason why the page could not be read; the figures are those of the last reading. */
  readonly down: string | undefined
  /** The last [METRIC] lines. */
  readonly lines: readonly string[]
  readonly nowMs: number
  readonly history: PageHistory
  readonly colours: Colours
  /** The number of the only panel; undefined shows all. */
  readonly only?: number | undefined
  readonly isPaused?: boolean
  /** Whether keys are read; if so, the last line lists them. */
  readonly hasKeys?: boolean
  /** The terminal; without it, nothing is cut. */
  readonly size: { readonly columns: number; readonly rows: number } | undefined
}

const MOST_LINES = 5
const LEAST_ROWS_FOR_KEYS = 12
const KEYS = `${panels.map(({ title }, i) => `${i + 1} ${title}`).join('  ')}  0 all  p pause  q quit`
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** Draws one screen, whose lines fit the terminal. */
export function drawScreen(screen: Screen): string {
  const { name, down, lines, nowMs, history, colours, size, only, isPaused, hasKeys } = screen
  const width = size?.columns ?? Number.POSITIVE_INFINITY
  const height = size === undefined ? Number.POSITIVE_INFINITY : size.rows
  const fit = (text: string): string => [...visible(text)].slice(0, width).join('')
  const state = down ?? (isPaused ? 'paused' : 'live')
  const clock = new Date(nowMs).toISOString().slice(11, 19)
  const head = fit(`quipu top  ${clock} UTC  ${state}  ${name}`)
  const shown = panels.flatMap((panel, i) => {
    if (only !== undefined && only !== i) return []
    const rows = readPanel(panel, history)
    return rows.length === 0 ? [] : [{ title: panel.title, rows }]
  })
  const latest = lines.slice(-MOST_LINES)
  const keys = hasKeys && height >= LEAST_ROWS_FOR_KEYS ? [colours.quiet(fit(KEYS))] : []
  const taken = 1 + keys.length + (latest.length > 0 ? latest.length + 1 : 0)
  const shares = shareRows(
    shown.map(({ rows }) => rows.length),
    // Each panel has an empty line and a head.
    height - taken - 2 * shown.length,
  )
  const body = shown.flatMap(({ title, rows }, i) => {
    const share = shares[i] ?? 0
    if (share === 0) return []
    const [first = '', ...rest] = tableOf(title, rows.slice(0, share)).map(fit)
    return ['', colours.name(first), ...rest]
  })
  if (shown.length === 0) body.push('', fit(down === undefined ? 'nothing was recorded yet' : ''))
  const tail = latest.length > 0 ? ['', ...latest.map((line) => colours.quiet(fit(line)))] : []
  const above = [down === undefined ? head : colours.bad(head), ...body, ...tail].slice(0, height - keys.length)
  return `${[...above, ...keys].join('\n')}${size === undefined ? '\n' : ''}`
}

/** Divides the rows of the terminal: panels get one row each in turn, until each has as many as it needs. */
function shareRows(wanted: readonly number[], rows: number): readonly number[] {
  const shares = wanted.map(() => 0)
  let left = Math.min(
    rows,
    wanted.reduce((sum, count) => sum + count, 0),
  )
  while (left > 0) {
    for (const [i, want] of wanted.entries()) {
      if (left <= 0 || (shares[i] ?? 0) >= want) continue
      shares[i] = (shares[i] ?? 0) + 1
      left--
    }
  }
  return shares
}

const columns: readonly (readonly [head: string, format: (row: Row) => string])[] = [
  ['/min', ({ perMinute }) => formatCount(perMinute)],
  ['total', ({ total }) => formatCount(total)],
  ['p95', ({ p95Seconds }) => formatSeconds(p95Seconds)],
  ['errors', ({ errors }) => formatCount(errors)],
  ['tokens', ({ tokens }) => formatCount(tokens)],
  ['cost', ({ dollars }) => formatDollars(dollars)],
]

const MISSING = '-'

const NAME_WIDTH = 36

function tableOf(title: string, rows: readonly Row[]): readonly string[] {
  const cells = rows.map((row) => [
    nameOf(row).padEnd(NAME_WIDTH),
    ...columns.map(([, format]) => format(row).padStart(7)),
  ])
  return formatTable([title, ...columns.map(([head]) => head.padStart(7))], cells)
    .trimEnd()
    .split('\n')
}

function nameOf({ name }: Row): string {
  const characters = [...visible(name === '' ? '(none)' : name)]
  return characters.length <= NAME_WIDTH ? characters.join('') : `${characters.slice(0, NAME_WIDTH - 1).join('')}…`
}

/** Removes characters that could move the cursor, hide text or change its direction. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '·')
}

function formatCount(count: number | undefined): string {
  return count === undefined ? MISSING : compact.format(count)
}

function formatSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return MISSING
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toPrecision(3)} s`
}

function formatDollars(dollars: number | undefined): string {
  return dollars === undefined ? MISSING : `$${dollars.toFixed(dollars < 1 ? 4 : 2)}`
}
