import { distributionOf, quantileOf } from '../history/quantile.js'
import { modelRows } from './models.js'
import { type Moment, perMinute } from './moment.js'
import { firstFamily, growth, level, valueCells } from './select.js'
import { levelSpark, quantileSpark, rateSpark } from './spark.js'

/** One figure of the first row: traffic, duration, failures, cost or waiting calls. */
export interface Headline {
  readonly question: string
  readonly value: number
  readonly unit: 'perMinute' | 'seconds' | 'ratio' | 'count' | 'dollars'
  readonly detail: readonly Detail[]
  readonly spark: Float64Array | undefined
  readonly isBad: boolean
  /** The family that it is read from. */
  readonly family: string | undefined
}

export interface Detail {
  readonly text: string
  readonly value: number
  readonly unit: Headline['unit']
}

/** Returns the figures that the pages support, in order of importance. */
export function headlines(moment: Moment): readonly Headline[] {
  return [calls, slowness, failures, tokens, cost, requests, waiting, sessions].flatMap((of) => of(moment) ?? [])
}

type Answer = (moment: Moment) => Headline | undefined

const calls: Answer = (moment) => {
  const family = firstFamily(moment.history, 'llm_requests', 'gen_ai_client_operation_duration_seconds')
  if (family === undefined) return undefined
  const series = [...family.series.values()]
  return {
    question: 'Model calls',
    value: perMinute(growth(series, moment.minute), moment),
    unit: 'perMinute',
    detail: [{ text: 'calls', value: growth(series, moment.span), unit: 'count' }],
    spark: rateSpark(series, moment),
    isBad: false,
    family: family.name,
  }
}

const slowness: Answer = (moment) => {
  const name = 'llm_request_duration_seconds'
  const family = firstFamily(moment.history, name, 'gen_ai_client_operation_duration_seconds')
  if (family === undefined) return undefined
  const distribution = distributionOf([...family.series.values()], moment.span)
  return {
    question: 'Model latency p95',
    value: quantileOf(0.95, distribution),
    unit: 'seconds',
    detail: [{ text: 'p50', value: quantileOf(0.5, distribution), unit: 'seconds' }],
    spark: quantileSpark(0.95, [...family.series.values()], moment),
    isBad: false,
    family: family.name,
  }
}

const failures: Answer = (moment) => {
  const rows = modelRows(moment)
  if (rows.length === 0) return undefined
  const total = rows.reduce((sum, row) => sum + row.calls, 0)
  const errors = rows.reduce((sum, row) => sum + row.errors, 0)
  const limits = rows.reduce((sum, row) => sum + row.rateLimits, 0)
  const family = moment.history.families.get('llm_errors')
  return {
    question: 'Model calls that failed',
    value: total === 0 ? Number.NaN : (errors + limits) / total,
    unit: 'ratio',
    detail: [
      { text: 'errors', value: errors, unit: 'count' },
      { text: 'rate limits', value: limits, unit: 'count' },
    ],
    spark: family && rateSpark([...family.series.values()], moment),
    isBad: total > 0 && (errors + limits) / total > 0.05,
    family: family?.name,
  }
}

const tokens: Answer = (moment) => {
  const rows = modelRows(moment)
  const family = moment.history.families.get('llm_tokens')
  if (rows.length === 0 || family === undefined) return undefined
  const counted = [...family.series.values()].filter(({ labels }) => labels.get('type') !== 'total')
  return {
    question: 'Tokens',
    value: perMinute(growth(counted, moment.minute), moment),
    unit: 'perMinute',
    detail: [
      { text: 'in', value: rows.reduce((sum, row) => sum + row.inputTokens, 0), unit: 'count' },
      { text: 'out', value: rows.reduce((sum, row) => sum + row.outputTokens, 0), unit: 'count' },
    ],
    spark: rateSpark(counted, moment),
    isBad: false,
    family: family.name,
  }
}

const cost: Answer = (moment) => {
  const family = firstFamily(moment.history, 'llm_cost_usd')
  if (family === undefined) return undefined
  const series = [...family.series.values()]
  const lastMinute = perMinute(growth(series, moment.minute), moment)
  return {
    question: 'Cost',
    value: growth(series, moment.span),
    unit: 'dollars',
    detail: [{ text: 'an hour, at this pace', value: lastMinute * 60, unit: 'dollars' }],
    spark: rateSpark(series, moment),
    isBad: false,
    family: family.name,
  }
}

const requests: Answer = (moment) => {
  const family = firstFamily(moment.history, 'app_requests', 'http_server_request_duration_seconds', 'http_requests')
  if (family === undefined) return undefined
  const series = [...family.series.values()]
  const failed = series.filter(({ labels }) =>
    (labels.get('status_code') ?? labels.get('http_response_status_code') ?? labels.get('status'))?.startsWith('5'),
  )
  const total = growth(series, moment.span)
  const ratio = total === 0 ? Number.NaN : growth(failed, moment.span) / total
  return {
    question: 'Requests',
    value: perMinute(growth(series, moment.minute), moment),
    unit: 'perMinute',
    detail: [
      { text: 'requests', value: total, unit: 'count' },
      { text: '5xx', value: ratio, unit: 'ratio' },
    ],
    spark: rateSpark(series, moment),
    isBad: ratio > 0.05,
    family: family.name,
  }
}

const waiting: Answer = (moment) => {
  const open = moment.history.families.get('llm_open_calls')
  const active = moment.history.families.get('http_server_active_requests')
  const family = open ?? active
  if (family === undefined) return undefined
  const calls = open && level([...open.series.values()])
  const requests = active && level([...active.series.values()])
  return {
    question: 'Waiting now',
    value: (calls ?? 0) + (open === undefined ? (requests ?? 0) : 0),
    unit: 'count',
    detail: [
      ...(calls === undefined
        ? []
        : [{ text: calls === 1 ? 'model call' : 'model calls', value: calls, unit: 'count' as const }]),
      ...(requests === undefined
        ? []
        : [{ text: requests === 1 ? 'request' : 'requests', value: requests, unit: 'count' as const }]),
    ],
    spark: levelSpark([...family.series.values()], moment),
    isBad: false,
    family: family.name,
  }
}

const sessions: Answer = (moment) => {
  const family = moment.history.families.get('app_active_sessions')
  if (family === undefined || valueCells([...family.series.values()]).length === 0) return undefined
  const series = [...family.series.values()]
  const counted = (name: string): number =>
    growth([...(moment.history.families.get(name)?.series.values() ?? [])], moment.span)
  return {
    question: 'Sessions',
    value: level(series) ?? Number.NaN,
    unit: 'count',
    detail: [
      { text: 'logins', value: counted('user_logins'), unit: 'count' },
      { text: 'failed', value: counted('user_auth_failures'), unit: 'count' },
    ],
    spark: levelSpark(series, moment),
    isBad: false,
    family: family.name,
  }
}
