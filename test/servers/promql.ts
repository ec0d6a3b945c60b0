import { waitUntil } from './wait-until.js'

/** One element of a PromQL result. */
export interface QueryResult {
  /** With `__name__` if the expression keeps it. */
  readonly labels: Readonly<Record<string, string>>
  /** The (last) value; NaN for a native histogram. */
  readonly value: number
  readonly timeSeconds: number
  /** All values of a range selector, `[seconds, value]`. */
  readonly values: readonly (readonly [number, number])[]
  /** A native histogram, with Prometheus' field names. */
  readonly histogram?: { readonly count: string; readonly sum: string; readonly buckets?: readonly unknown[] }
}

/** A server with Prometheus’ query API. */
export interface PromqlServer {
  /** The `data` of a response of the HTTP API, such as `api('/api/v1/metadata')`; rejects with the server's error. */
  api(path: string, parameters?: Record<string, string>): Promise<unknown>
  /** An instant query, by default at the current time; rejects with the server's error for an invalid expression. */
  query(promql: string, atSeconds?: number): Promise<QueryResult[]>
  /** Queries until `accept` returns true, by default until there is a result. */
  waitForQuery(promql: string, accept?: (results: QueryResult[]) => boolean, timeoutMs?: number): Promise<QueryResult[]>
}

type Point = [number, string]
interface RawElement {
  metric: Record<string, string>
  value?: Point
  values?: Point[]
  histogram?: [number, NonNullable<QueryResult['histogram']>]
}
type RawData =
  | { resultType: 'scalar'; result: Point }
  | { resultType: 'string'; result: Point }
  | { resultType: 'vector'; result: RawElement[] }
  | { resultType: 'matrix'; result: RawElement[] }

/** Differences of a server from Prometheus. */
interface PromqlPeculiarities {
  /** Runs before each query, for a server that shows its newest data only after a request. */
  beforeQuery?(): Promise<void>
  /** The default time of a query; without it, the server's clock. */
  currentSeconds?(): number
}

/** Creates the query interface below `url`. */
export function createPromqlServer(url: string, peculiarities: PromqlPeculiarities = {}): PromqlServer {
  const api = async (path: string, parameters: Record<string, string> = {}): Promise<unknown> => {
    const response = await fetch(`${url}${path}?${new URLSearchParams(parameters)}`, {
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
    return (JSON.parse(text) as { data: unknown }).data
  }
  const query = async (promql: string, atSeconds = peculiarities.currentSeconds?.()): Promise<QueryResult[]> => {
    await peculiarities.beforeQuery?.()
    const time = atSeconds === undefined ? {} : { time: String(atSeconds) }
    return toResults((await api('/api/v1/query', { query: promql, ...time })) as RawData)
  }
  return {
    api,
    query,
    async waitForQuery(promql, accept = (results) => results.length > 0, timeoutMs = 15_000) {
      let last: QueryResult[] = []
      return await waitUntil(
        async () => {
          last = await query(promql)
          return accept(last) ? last : undefined
        },
        timeoutMs,
        () => `${promql} gives ${JSON.stringify(last)}`,
      )
    },
  }
}

function toResults(data: RawData): QueryResult[] {
  if (data.resultType === 'vector' || data.resultType === 'matrix') return data.result.map(toResult)
  return [toResult({ metric: {}, value: data.result })]
}

function toResult({ metric, value, values, histogram }: RawElement): QueryResult {
  const points = (values ?? (value ? [value] : [])).map(([time, text]) => [time, toNumber(text)] as const)
  const [timeSeconds, number] = points.at(-1) ?? [histogram?.[0] ?? Number.NaN, Number.NaN]
  return { labels: metric, value: number, timeSeconds, values: points, ...(histogram && { histogram: histogram[1] }) }
}

/** Prometheus writes the special values as `+Inf`, `-Inf` and `NaN`. */
export function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  return Number(text)
}
