import type { Environment } from '../environment.js'
import { toAligned } from '../report.js'
import { maximum, median, minimum } from '../statistics.js'
import type { WatchedTurns } from './turn-watch.js'
import type { TurnsCase, TurnsRun } from './turns-case.js'

export interface TurnsResult {
  readonly what: TurnsCase
  readonly run: TurnsRun
  /** Load of the last minute at the end. */
  readonly load: number
}

const LIMIT_MS = 5

/** Formats the results as Markdown. */
export function toTurnsMarkdown(results: readonly TurnsResult[], environment: Environment, series: number): string {
  const head = [
    'page',
    'longest turn',
    'garbage in it',
    'without garbage',
    'by the clock',
    'a scrape',
    'garbage',
    'body',
    'peak memory',
    'load',
    '≤ 5 ms',
  ]
  const body = results.map(({ what, run, load }) => {
    const of = (read: (turns: WatchedTurns) => number): string => spread(run.scrapes.map(read))
    const held = run.scrapes.map(({ longest }) => longest.ms - longest.stolenMs)
    return [
      `${what.kind}, ${what.format}, ${what.coding}${run.node === environment.node ? '' : ` (${run.node})`}`,
      spread(held),
      of(({ longest }) => longest.gcMs),
      of(({ longestOwnMs }) => longestOwnMs),
      of(({ longestMs }) => longestMs),
      of(({ totalMs }) => totalMs),
      of(({ gcMs }) => gcMs),
      `${(run.bytes / 1e6).toFixed(1)} MB`,
      `${run.maxRssMiB.toFixed(0)} MiB`,
      load.toFixed(1),
      median(held) <= LIMIT_MS ? (maximum(held) <= LIMIT_MS ? 'yes' : 'by the median') : 'NO',
    ]
  })
  const scrapes = results[0]?.run.scrapes.length ?? 0
  return `${[
    '# Turns of a page',
    `Written by \`npm run bench:turns -w @quipu/bench\`; do not edit. Time for which writing, compressing and sending a page blocks the event loop, for a page of ${series.toLocaleString('en')} series: a server scraped over HTTP by another process, all series changed before each of ${scrapes} scrapes (two more warm it up), histograms of twelve buckets. Milliseconds, minimum / median / maximum of the scrapes.`,
    'The longest turn excludes time in which another program used the core (`schedstat`), and includes pauses of the garbage collector, which are also shown separately. A pause is longer on a shared machine, because threads of the collector wait for a core too; that time cannot be separated. "By the clock" excludes nothing.',
    `- ${environment.date}, Node ${environment.node}, ${environment.platform}, ${environment.processor}, ${environment.cores} cores; load before ${environment.loadBefore.map((value) => value.toFixed(2)).join(' ')}, after ${environment.loadAfter.map((value) => value.toFixed(2)).join(' ')}; took ${environment.seconds} s`,
    toAligned([head, ...body]),
  ].join('\n\n')}\n`
}

function spread(values: readonly number[]): string {
  return [minimum(values), median(values), maximum(values)].map((value) => value.toFixed(1)).join(' / ')
}
