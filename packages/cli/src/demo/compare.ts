import { readPage } from '../page/read-page.js'
import { formatTable } from '../terminal/table.js'
import type { Served } from './model-server.js'

/** A figure of the page beside that of the workload. */
interface Figure {
  readonly name: string
  readonly done: number
  readonly page: number
}

/** Compares a page with the visits and with what the model server served. */
export function compare(
  page: string,
  visits: ReadonlyMap<string, number>,
  lines: number,
  served: Served,
): readonly Figure[] {
  const samples = readPage(page)
  const sum = (metric: string, labels: Readonly<Record<string, string>> = {}): number =>
    samples
      .filter((each) => each.metric === metric)
      .filter((each) => Object.entries(labels).every(([name, value]) => each.labels[name] === value))
      .reduce((total, { value }) => total + value, 0)
  const requests = [...visits].map(([visit, done]) => {
    const [method = '', endpoint = '', status = ''] = visit.split(' ')
    return { name: visit, done, page: sum('app_requests_total', { method, endpoint, status_code: status }) }
  })
  const answers = [...served.answers.values()].reduce((total, count) => total + count, 0)
  const refused = { name: 'refused model calls', done: served.refusals, page: sum('llm_errors_total') }
  return [
    ...requests,
    ...[...served.tokens].map(([model, done]) => ({
      name: `tokens of ${model}`,
      done,
      page: sum('llm_tokens_total', { model, type: 'total' }),
    })),
    {
      name: 'model calls',
      done: answers + served.refusals,
      page: sum('llm_requests_total'),
    },
    refused,
    {
      name: 'rate limits that a retry hid',
      done: served.rateLimits,
      page: sum('llm_retries_total', { reason: 'rate_limit' }),
    },
    { name: '[METRIC] llm_call lines', done: answers, page: lines },
  ]
}

export function isEqual({ done, page }: Figure): boolean {
  return done === page
}

/** The figures as a table, with the verdict below it. */
export function reportOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    String(figure.done),
    String(figure.page),
    isEqual(figure) ? 'ok' : 'WRONG',
  ])
  const wrong = figures.filter((figure) => !isEqual(figure)).length
  const verdict =
    wrong === 0 ? `All ${figures.length} figures are equal.` : `${wrong} of ${figures.length} figures are wrong.`
  return `${formatTable(['', 'done', 'on the page', ''], rows)}\n${verdict}\n`
}
