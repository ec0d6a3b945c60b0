import type { Series } from '../history/family.js'
import { distributionOf, quantileOf } from '../history/quantile.js'
import { type Moment, perMinute } from './moment.js'
import { firstFamily, groupBy, growth } from './select.js'
import { rateSpark } from './spark.js'

/** A route in the table of requests. */
export interface RouteRow {
  readonly route: string
  readonly method: string
  readonly perMinute: number
  /** Calls per second at each step; computed when drawn, because a table may have thousands of rows. */
  readonly spark: () => Float64Array
  readonly requests: number
  readonly p50: number
  readonly p95: number
  readonly clientErrors: number
  readonly serverErrors: number
}

interface Names {
  readonly requests: string
  readonly durations: string
  readonly route: string
  readonly method: string
  readonly status: string
}

const NAMES: readonly Names[] = [
  {
    requests: 'app_requests',
    durations: 'app_request_duration_seconds',
    route: 'endpoint',
    method: 'method',
    status: 'status_code',
  },
  {
    requests: 'http_server_request_duration_seconds',
    durations: 'http_server_request_duration_seconds',
    route: 'http_route',
    method: 'http_request_method',
    status: 'http_response_status_code',
  },
  {
    requests: 'http_requests',
    durations: 'http_request_duration_seconds',
    route: 'handler',
    method: 'method',
    status: 'status',
  },
]

/** Returns one row per requested route and method, the most requested first. */
export function routeRows(moment: Moment): readonly RouteRow[] {
  const { history, span, minute } = moment
  const names = NAMES.find(({ requests }) => firstFamily(history, requests) !== undefined)
  if (names === undefined) return []
  const labels = [names.route, names.method]
  const durations = new Map(
    groupBy(history.families.get(names.durations), labels).map(({ values, series }) => [values.join(' '), series]),
  )
  return groupBy(history.families.get(names.requests), labels)
    .map(({ values, series }): RouteRow => {
      const latency = distributionOf(durations.get(values.join(' ')) ?? [], span)
      const [route = '', method = ''] = values
      return {
        route,
        method,
        perMinute: perMinute(growth(series, minute), moment),
        spark: () => rateSpark(series, moment),
        requests: growth(series, span),
        p50: quantileOf(0.5, latency),
        p95: quantileOf(0.95, latency),
        clientErrors: growth(answered(series, names.status, '4'), span),
        serverErrors: growth(answered(series, names.status, '5'), span),
      }
    })
    .sort((a, b) => b.requests - a.requests || a.route.localeCompare(b.route))
}

function answered(series: readonly Series[], status: string, digit: string): readonly Series[] {
  return series.filter(({ labels }) => labels.get(status)?.startsWith(digit))
}
