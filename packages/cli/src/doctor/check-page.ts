import { type PageSample, readPage } from '../page/read-page.js'
import { type Finding, note, ok, problem } from './finding.js'

const READ_MS = 10_000

/** Reads the page of a running application and reports its state. */
export async function checkPage(url: string, token: string | undefined): Promise<readonly Finding[]> {
  const page = new URL(url)
  if (page.pathname === '/') page.pathname = '/custom_metrics'
  const headers = { accept: 'text/plain', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  try {
    const response = await fetch(page, { headers, signal: AbortSignal.timeout(READ_MS) })
    if (response.status === 401) return [problem(`${page} requires a token`, 'pass --token')]
    if (!response.ok) return [problem(`${page} responds with ${response.status}`, 'check the path and the port')]
    const samples = readPage(await response.text())
    const clock = checkClock(response.headers.get('date'), Date.now())
    return [ok(`${page} has ${samples.length} samples`), ...clock, ...checkSamples(samples)]
  } catch (error) {
    const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : ''
    return [
      problem(`${page} cannot be read: ${reason}`, 'start the application, or pass its address: quipu doctor <url>'),
    ]
  }
}

/** Tolerance: the header has whole seconds, and the response took time. */
const MOST_CLOCK_MS = 5000

/** Compares the application's clock with this computer's: samples with wrong times are refused or misplaced. */
function checkClock(date: string | null, nowMs: number): readonly Finding[] {
  const differenceMs = Math.abs(nowMs - Date.parse(date ?? ''))
  if (Number.isNaN(differenceMs)) return []
  if (differenceMs <= MOST_CLOCK_MS) return [ok('its clock agrees with the clock here')]
  return [
    problem(`its clock differs by ${Math.round(differenceMs / 1000)} s from the clock here`, 'synchronise both (NTP)'),
  ]
}

/** The meaning of a counter above 0, and the remedy. */
interface Watched {
  readonly metric: string
  readonly state: 'note' | 'problem'
  readonly where?: { readonly [label: string]: string }
  readonly means: string
  readonly todo: string
}

const watched: readonly Watched[] = [
  {
    metric: 'quipu_dropped_total',
    state: 'problem',
    means: 'dropped',
    todo: 'record finite numbers with the labels of the catalogue; the application logs each cause once',
  },
  {
    metric: 'quipu_folded_total',
    state: 'note',
    means: 'folded into "other"',
    todo: 'record a name instead of an id or a path, or raise the budget of the label',
  },
  {
    metric: 'quipu_guard_catches_total',
    state: 'problem',
    means: 'errors caught',
    todo: 'one of your listeners, sinks or clocks throws',
  },
  {
    metric: 'quipu_exports_total',
    where: { outcome: 'failed' },
    state: 'problem',
    means: 'exports failed',
    todo: 'the application logs the response of the endpoint once',
  },
  {
    metric: 'quipu_spool_bytes',
    state: 'note',
    means: 'bytes on disk',
    todo: 'they are exported when the endpoint responds again',
  },
  {
    metric: 'quipu_workers_missing',
    state: 'problem',
    means: 'workers did not respond to the last scrape',
    todo: 'look for a blocked event loop',
  },
  {
    metric: 'llm_usage_missing_total',
    state: 'note',
    means: 'model calls without token usage',
    todo: 'request usage in streams (stream_options.include_usage), or pass it with call.usage()',
  },
  {
    metric: 'llm_price_unknown_total',
    state: 'note',
    means: 'model calls without a price',
    todo: 'add the model to the price table',
  },
]

/** Evaluates the samples about the library itself. */
export function checkSamples(samples: readonly PageSample[]): readonly Finding[] {
  const [info] = samples.filter(({ metric }) => metric === 'quipu_info')
  const version =
    info === undefined ? [note('the page was not rendered by this library')] : [ok(`quipu ${info.labels.version}`)]
  const counted = watched.flatMap((one) => checkWatched(one, samples))
  return [...version, ...checkInstrumentation(samples), ...counted]
}

function checkWatched(
  { metric, where = {}, state, means, todo }: Watched,
  samples: readonly PageSample[],
): readonly Finding[] {
  return samples
    .filter(
      (sample) =>
        sample.metric === metric &&
        sample.value > 0 &&
        Object.entries(where).every(([label, value]) => sample.labels[label] === value),
    )
    .map(({ labels, value }) => {
      const detail = Object.entries(labels)
        .map(([name, text]) => `${name}=${text}`)
        .join(' ')
      return { state, what: `${value} ${means}${detail === '' ? '' : ` (${detail})`}`, todo }
    })
}

/** Lists the observed libraries and those of unknown shape. */
function checkInstrumentation(samples: readonly PageSample[]): readonly Finding[] {
  return samples
    .filter(({ metric }) => metric === 'quipu_instrumentation_info')
    .map(({ labels: { kind = '', name = '', status = '' } }) =>
      status === 'active' ? ok(`${kind} ${name} is observed`) : note(`${kind} ${name}: ${status.replaceAll('_', ' ')}`),
    )
}
