import type { Objectives } from '../../catalogue/objectives.js'
import type { AlertRule, TestSeries } from '../rule.js'
import { q } from '../scope.js'

const requests = (status: string, perMinute: number): TestSeries => ({
  series: `app_requests_total{job="app",endpoint="/chat",method="POST",status_code="${status}"}`,
  values: `0+${perMinute}x40`,
})

function durations(fast: number, all: number): readonly TestSeries[] {
  const labels = 'job="app",endpoint="/chat",method="POST"'
  const bucket = (le: string, perMinute: number) => ({
    series: `app_request_duration_seconds_bucket{${labels},le="${le}"}`,
    values: `0+${perMinute}x40`,
  })
  return [
    bucket('1.0', fast),
    bucket('5.0', all),
    bucket('+Inf', all),
    { series: `app_request_duration_seconds_count{${labels}}`, values: `0+${all}x40` },
  ]
}

const endpoint = { by: ['endpoint'] } as const

/** Alerts on the application's requests. */
export function applicationAlerts(objectives: Objectives): readonly AlertRule[] {
  return [appErrorsHigh(objectives), appLatencyHigh(objectives), activeSessionsNegative()]
}

function appErrorsHigh({ appErrors }: Objectives): AlertRule {
  return {
    name: 'AppErrorsHigh',
    severity: 'page',
    expr:
      `${q.share({ metric: 'app_requests_total', where: { status_code: { like: '5..' } } }, { metric: 'app_requests_total' }, endpoint)} > ${appErrors} ` +
      `and ${q.rate('app_requests_total', endpoint)} > 0.1`,
    for: '5m',
    board: 'application',
    summary: '{{ $labels.endpoint }} fails',
    description:
      '{{ $value | humanizePercentage }} of the requests of {{ $labels.endpoint }} ({{ $labels.job }}) are answered with 5xx.',
    runbook: {
      means: 'Requests of one route are answered with 5xx.',
      causes: ['A deployment.', 'A dependency of the route fails: a model, a database, a tool.'],
      act: 'Look at errors of models and features at the same time; roll back if it began with a deployment.',
    },
    fires: {
      input: [requests('200', 90), requests('500', 10)],
      at: '30m',
      labels: { job: 'app', endpoint: '/chat' },
      says: '10% of the requests of /chat (app) are answered with 5xx.',
    },
    // One of the few requests.
    silent: { input: [requests('200', 1), requests('500', 1)], at: '30m' },
  }
}

function appLatencyHigh({ appLatencySeconds }: Objectives): AlertRule {
  return {
    name: 'AppLatencyHigh',
    severity: 'ticket',
    expr:
      `${q.quantile(0.95, 'app_request_duration_seconds', { ...endpoint, over: '10m' })} > ${appLatencySeconds} ` +
      `and ${q.rate('app_request_duration_seconds', { ...endpoint, over: '10m' })} > 0.1`,
    for: '10m',
    board: 'application',
    summary: '{{ $labels.endpoint }} is slow',
    description:
      '5 % of the requests of {{ $labels.endpoint }} ({{ $labels.job }}) take longer than {{ $value | humanizeDuration }}.',
    runbook: {
      means: `One request in twenty of a route takes longer than ${appLatencySeconds} s.`,
      causes: ['A model or tool that the route calls is slow.', 'The event loop is busy.'],
      act: 'Compare with model latency; then look at CPU and event loop of the process.',
    },
    fires: {
      input: durations(50, 100),
      at: '35m',
      labels: { job: 'app', endpoint: '/chat' },
      says: '5 % of the requests of /chat (app) take longer than 4.6s.',
    },
    silent: { input: durations(99, 100), at: '35m' },
  }
}

function activeSessionsNegative(): AlertRule {
  return {
    name: 'ActiveSessionsNegative',
    severity: 'info',
    expr: `${q.now('app_active_sessions')} < 0`,
    for: '5m',
    board: 'application',
    summary: 'Sessions of {{ $labels.job }} end more often than they start',
    description: 'The number of open sessions of {{ $labels.job }} is {{ $value }}.',
    runbook: {
      means: 'Code outside this library records the gauge, and ends sessions that did not start.',
      causes: ['A sign-out is counted twice.', 'A restart lost the open sessions.'],
      act: 'Pass session ids to trackSessionStart and trackSessionEnd: an unknown id is then ignored.',
    },
    fires: {
      input: [{ series: 'app_active_sessions{job="app"}', values: '-2x20' }],
      at: '15m',
      labels: { job: 'app' },
      says: 'The number of open sessions of app is -2.',
    },
    silent: { input: [{ series: 'app_active_sessions{job="app"}', values: '0x20' }], at: '15m' },
  }
}
