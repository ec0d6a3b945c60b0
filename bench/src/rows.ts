import type { CaseName, LibraryName } from './case-table.js'
import type { FiguresByLibrary } from './figure.js'

export type Unit = 'ns' | 'B' | 'ms' | 's' | 'MiB' | 'kB' | 'MB' | 'count' | 'times' | 'percent' | 'yes'

/** The target of a row, and whether the medians reach it. */
export interface Target {
  readonly text: string
  met(figures: FiguresByLibrary): boolean | undefined
}

/** One row of the table: one field of one case. */
export interface Row {
  readonly title: string
  readonly unit: Unit
  readonly case: CaseName
  readonly field: string
  /** The field with the minimum of a process, if `field` is a median. */
  readonly minField?: string
  readonly target?: Target
}

function atMost(limit: number, text: string): Target {
  return { text, met: ({ quipu }) => (quipu === undefined ? undefined : quipu.median <= limit) }
}

/** A number of times better than the others. */
function times(wanted: { readonly [L in LibraryName]?: number }): Target {
  const limits = Object.entries(wanted) as [LibraryName, number][]
  return {
    text: limits.map(([library, factor]) => `≥ ${factor}× ${library}`).join(', '),
    met(figures) {
      const ratios = limits.map(([library, factor]) => {
        const [ours, theirs] = [figures.quipu?.median, figures[library]?.median]
        return ours === undefined || theirs === undefined ? undefined : theirs / ours >= factor
      })
      return ratios.includes(undefined) ? undefined : ratios.every((ratio) => ratio)
    },
  }
}

/** No bytes except the caller's own, as the same call of a library that does nothing. */
const noBytes: Target = {
  text: '0 B beside the call',
  met: ({ quipu, nothing }) =>
    quipu === undefined || nothing === undefined ? undefined : quipu.median - nothing.median < 0.5,
}

const yes: Target = { text: 'yes', met: ({ quipu }) => (quipu === undefined ? undefined : quipu.min === 1) }
const none: Target = { text: '0', met: ({ quipu }) => (quipu === undefined ? undefined : quipu.max === 0) }
/** A twentieth of an add, which is the resolution of this measurement. */
const NO_COST_NS = 1.5

const typed = times({ otel: 25, 'prom-client': 5 })

export const rows: readonly Row[] = [
  { title: 'add, 2 labels', unit: 'ns', case: 'add-2-labels', field: 'ns', minField: 'minNs', target: typed },
  { title: '— bytes a call', unit: 'B', case: 'add-2-labels-bytes', field: 'bytes', target: noBytes },
  { title: 'add, 3 labels', unit: 'ns', case: 'add-3-labels', field: 'ns', minField: 'minNs', target: typed },
  { title: '— bytes a call', unit: 'B', case: 'add-3-labels-bytes', field: 'bytes', target: noBytes },
  {
    title: 'add, 2 labels, many metrics in use',
    unit: 'ns',
    case: 'add-among-many',
    field: 'ns',
    minField: 'minNs',
  },
  {
    title: 'add, 2 labels, values from outside',
    unit: 'ns',
    case: 'add-read-values',
    field: 'ns',
    minField: 'minNs',
  },
  { title: 'histogram record, 2 labels', unit: 'ns', case: 'record-2-labels', field: 'ns', minField: 'minNs' },
  { title: '— bytes a call', unit: 'B', case: 'record-2-labels-bytes', field: 'bytes', target: noBytes },
  {
    title: 'handle add',
    unit: 'ns',
    case: 'handle-add',
    field: 'ns',
    minField: 'minNs',
    target: atMost(6, '≤ 6 ns'),
  },
  { title: '— bytes a call', unit: 'B', case: 'handle-add-bytes', field: 'bytes', target: noBytes },
  {
    title: 'handle record',
    unit: 'ns',
    case: 'handle-record',
    field: 'ns',
    minField: 'minNs',
    target: atMost(12, '≤ 12 ns'),
  },
  { title: '— bytes a call', unit: 'B', case: 'handle-record-bytes', field: 'bytes', target: noBytes },
  { title: 'add, 2 labels, one reader', unit: 'ns', case: 'second-reader', field: 'oneNs' },
  { title: '— two readers', unit: 'ns', case: 'second-reader', field: 'twoNs' },
  {
    title: '— what the second costs an add',
    unit: 'ns',
    case: 'second-reader',
    field: 'extraNs',
    target: atMost(NO_COST_NS, `0 (± ${NO_COST_NS} ns)`),
  },
  { title: 'histogram record, nothing attached', unit: 'ns', case: 'attached', field: 'noneNs' },
  { title: '— attach() to a provider, 1 reader', unit: 'ns', case: 'attached', field: 'oneNs' },
  { title: '— attach() to a provider, 2 readers', unit: 'ns', case: 'attached', field: 'twoNs' },
  {
    title: 'page of 10k histograms, all changed',
    unit: 'ms',
    case: 'page',
    field: 'changedMs',
    minField: 'changedMinMs',
    target: times({ otel: 20, 'prom-client': 3 }),
  },
  {
    title: '— longest turn of the event loop',
    unit: 'ms',
    case: 'page',
    field: 'longestMs',
    target: atMost(5, '≤ 5 ms'),
  },
  { title: '— the first page', unit: 'ms', case: 'page', field: 'firstMs' },
  { title: '— longest turn of the first page', unit: 'ms', case: 'page', field: 'firstLongestMs' },
  { title: '— unchanged since the last', unit: 'ms', case: 'page', field: 'unchangedMs' },
  {
    title: '— changed : unchanged',
    unit: 'times',
    case: 'page',
    field: 'changedToUnchanged',
    target: { text: '≥ 2×', met: ({ quipu }) => (quipu === undefined ? undefined : quipu.median >= 2) },
  },
  { title: '— unchanged, after a full collection', unit: 'ms', case: 'page', field: 'unchangedAfterGcMs' },
  { title: '— size of the page', unit: 'MB', case: 'page', field: 'megabytes' },
  {
    title: '12-bucket series, new, after gc',
    unit: 'B',
    case: 'memory',
    field: 'new',
    target: atMost(700, '≤ 700 B'),
  },
  { title: '— before gc', unit: 'B', case: 'memory', field: 'newUncollected' },
  {
    title: '— after three scrapes and gc',
    unit: 'B',
    case: 'memory',
    field: 'scraped',
    target: atMost(700, '≤ 700 B'),
  },
  { title: '— after three scrapes, before gc', unit: 'B', case: 'memory', field: 'scrapedUncollected' },
  {
    title: '200k junk label values: held',
    unit: 'MiB',
    case: 'flood',
    field: 'heldMiB',
    target: atMost(8, '≤ 8 MiB'),
  },
  { title: '— a real value is seen afterwards', unit: 'yes', case: 'flood', field: 'seen', target: yes },
  { title: '— the sum is exact', unit: 'yes', case: 'flood', field: 'exact', target: yes },
  { title: '— series on the page', unit: 'count', case: 'flood', field: 'series' },
  { title: '— the page', unit: 'ms', case: 'flood', field: 'pageMs' },
  { title: 'hostile calls', unit: 'count', case: 'hostile', field: 'calls' },
  { title: '— that throw', unit: 'count', case: 'hostile', field: 'thrown', target: none },
  { title: '— a good series is on the page afterwards', unit: 'yes', case: 'hostile', field: 'pageSeen', target: yes },
  {
    title: 'import, the API loaded already',
    unit: 'ms',
    case: 'import',
    field: 'ms',
    minField: 'minMs',
    target: atMost(15, '≤ 15 ms'),
  },
  { title: '— modules', unit: 'count', case: 'import', field: 'modules' },
  { title: '— minified', unit: 'kB', case: 'import', field: 'kB' },
  { title: '— minified and gzip', unit: 'kB', case: 'import', field: 'gzipKB', target: atMost(8, '≤ 8 kB') },
  {
    title: '--import register, over bare Node',
    unit: 'ms',
    case: 'register',
    field: 'ms',
    minField: 'minMs',
    target: atMost(130, '≤ 130 ms'),
  },
  {
    title: '— memory at most',
    unit: 'MB',
    case: 'register',
    field: 'megabytes',
    minField: 'minMegabytes',
    target: atMost(25, '≤ 25 MB'),
  },
  { title: 'a page in code, over bare Node', unit: 'ms', case: 'start', field: 'ms', minField: 'minMs' },
  { title: '— memory at most', unit: 'MB', case: 'start', field: 'megabytes', minField: 'minMegabytes' },
  {
    title: 'shutdown(), the collector refuses',
    unit: 's',
    case: 'shutdown-refused',
    field: 'seconds',
    target: atMost(2, '≤ 2 s'),
  },
  {
    title: 'shutdown(), the collector hangs',
    unit: 's',
    case: 'shutdown-hanging',
    field: 'seconds',
    target: atMost(2, '≤ 2 s'),
  },
  {
    title: 'lost in a 3 s outage of 5 s, cumulative',
    unit: 'percent',
    case: 'outage-cumulative',
    field: 'lostPercent',
    target: none,
  },
  {
    title: 'lost in a 3 s outage of 5 s, delta',
    unit: 'percent',
    case: 'outage-delta',
    field: 'lostPercent',
    target: none,
  },
]
