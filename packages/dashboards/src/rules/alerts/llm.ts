import type { Objectives } from '../../catalogue/objectives.js'
import { tokenRate } from '../recordings.js'
import type { AlertRule } from '../rule.js'
import { q } from '../scope.js'

const calls = 'llm_requests_total{job="app",model="m",endpoint="chat"}'

/** Calls per minute of a model that end below each bound. */
function durations(belowTen: number, belowSixty: number) {
  const labels = 'job="app",model="m",endpoint="chat"'
  const bucket = (le: string, perMinute: number) => ({
    series: `llm_request_duration_seconds_bucket{${labels},le="${le}"}`,
    values: `0+${perMinute}x40`,
  })
  return [
    bucket('10.0', belowTen),
    bucket('60.0', belowSixty),
    bucket('+Inf', belowSixty),
    { series: `llm_request_duration_seconds_count{${labels}}`, values: `0+${belowSixty}x40` },
  ]
}

/** Alerts on single models. */
export function llmAlerts(objectives: Objectives): readonly AlertRule[] {
  return [
    llmLatencyHigh(objectives),
    llmRateLimited(objectives),
    llmProviderAuthFailing(),
    llmTrafficStopped(),
    llmTokenSpike(),
  ]
}

function llmLatencyHigh({ llmLatencySeconds }: Objectives): AlertRule {
  return {
    name: 'LLMLatencyHigh',
    severity: 'ticket',
    expr:
      `${q.quantile(0.95, 'llm_request_duration_seconds', { by: ['model'], over: '10m' })} > ${llmLatencySeconds} ` +
      `and ${q.increase('llm_request_duration_seconds', { by: ['model'], over: '10m' })} > 10`,
    for: '10m',
    board: 'llm',
    summary: 'Calls of {{ $labels.model }} are slow',
    description:
      '5 % of the calls of {{ $labels.model }} ({{ $labels.job }}) take longer than {{ $value | humanizeDuration }}.',
    runbook: {
      means: `One call in twenty takes longer than ${llmLatencySeconds} s.`,
      causes: [
        'The provider is slow or overloaded.',
        'Prompts or responses became longer.',
        'Clients wait for retries: see retries by reason.',
      ],
      act: 'Compare time to first token with total time: the first depends on the provider, the rest on the length of the response.',
    },
    fires: {
      input: durations(50, 100),
      at: '35m',
      labels: { job: 'app', model: 'm' },
      says: '5 % of the calls of m (app) take longer than 55s.',
    },
    // As slow, but with too few calls.
    silent: { input: durations(0, 0.5), at: '35m' },
  }
}

function llmRateLimited({ llmRateLimited }: Objectives): AlertRule {
  return {
    name: 'LLMRateLimited',
    severity: 'ticket',
    expr:
      `${q.share({ metric: 'llm_rate_limits_total' }, { metric: 'llm_requests_total' }, { by: ['model'] })} > ${llmRateLimited} ` +
      `and ${q.increase('llm_requests_total', { by: ['model'], over: '5m' })} > 10`,
    for: '10m',
    board: 'llm',
    summary: 'The provider rejects calls of {{ $labels.model }}',
    description:
      '{{ $value | humanizePercentage }} of the calls of {{ $labels.model }} ({{ $labels.job }}) fail because of a rate limit.',
    runbook: {
      means: 'Calls fail because of a rate limit, despite the retries of the client.',
      causes: [
        'More traffic than the limit allows.',
        'One feature or user exhausts it: see tokens by feature.',
        'A lower limit at the provider.',
      ],
      act: 'Ask for a higher limit, spread load over models or time, or slow down work that is not urgent.',
    },
    fires: {
      input: [
        { series: calls, values: '0+100x40' },
        { series: 'llm_rate_limits_total{job="app",model="m"}', values: '0+20x40' },
      ],
      at: '30m',
      labels: { job: 'app', model: 'm' },
      says: '20% of the calls of m (app) fail because of a rate limit.',
    },
    silent: {
      input: [
        { series: calls, values: '0+100x40' },
        { series: 'llm_rate_limits_total{job="app",model="m"}', values: '0+2x40' },
      ],
      at: '30m',
    },
  }
}

function llmProviderAuthFailing(): AlertRule {
  return {
    name: 'LLMProviderAuthFailing',
    severity: 'page',
    expr: `${q.increase('llm_errors_total', { by: ['model'], where: { error_type: ['authentication', 'permission'] }, over: '5m' })} > 0`,
    board: 'llm',
    summary: 'The provider of {{ $labels.model }} rejects the key',
    description:
      '{{ $value | humanize }} calls of {{ $labels.model }} ({{ $labels.job }}) were rejected in 5 minutes because of the key or its permissions.',
    runbook: {
      means: 'The key is wrong, revoked or expired, or may not use this model.',
      causes: ['A key was rotated and not deployed.', 'The account is blocked or out of credit.'],
      act: 'Check the key of the process with the provider. Calls of this model fail until then.',
    },
    fires: {
      input: [{ series: 'llm_errors_total{job="app",model="m",error_type="authentication"}', values: '0+1x20' }],
      at: '10m',
      labels: { job: 'app', model: 'm' },
      says: '5 calls of m (app) were rejected in 5 minutes because of the key or its permissions.',
    },
    silent: {
      input: [{ series: 'llm_errors_total{job="app",model="m",error_type="timeout"}', values: '0+1x20' }],
      at: '10m',
    },
  }
}

function llmTrafficStopped(): AlertRule {
  return {
    name: 'LLMTrafficStopped',
    severity: 'page',
    expr:
      `${q.rate('llm_requests_total', { over: '15m' })} == 0 ` +
      `and ${q.rate('llm_requests_total', { over: '1h', offset: '1d' })} > 0.05`,
    for: '15m',
    board: 'llm',
    summary: '{{ $labels.job }} no longer makes model calls',
    description: '{{ $labels.job }} has made no model call for 15 minutes; at this time yesterday it made some.',
    runbook: {
      means: 'The application runs and is scraped, but calls no model, unlike a day ago.',
      causes: [
        'No requests arrive.',
        'Requests fail before the call: see errors of requests and features.',
        'A flag turned the feature off.',
      ],
      act: 'Compare with requests on the application board; look for the first deployment after which it stopped.',
    },
    fires: {
      input: [{ series: calls, values: '0+10x1440 14400+0x120' }],
      at: '1500m',
      labels: { job: 'app' },
      says: 'app has made no model call for 15 minutes; at this time yesterday it made some.',
    },
    // There are never calls at this time.
    silent: { input: [{ series: calls, values: '0+0x1600' }], at: '1500m' },
  }
}

function llmTokenSpike(): AlertRule {
  return {
    name: 'LLMTokenSpike',
    severity: 'ticket',
    expr: `${tokenRate} > 3 * avg_over_time(${tokenRate}[1d] offset 1h) and ${tokenRate} > 100`,
    for: '15m',
    board: 'cost',
    summary: '{{ $labels.model }} uses more than three times its usual tokens',
    description: '{{ $labels.job }} uses {{ $value | humanize }} tokens per second of {{ $labels.model }}.',
    runbook: {
      means: 'A model uses more than three times the tokens of its last day.',
      causes: [
        'A loop of an agent.',
        'Longer prompts after a deployment.',
        'One user or feature: see tokens by feature.',
      ],
      act: 'Find the feature; stop it or cap it before the budget is spent.',
    },
    fires: {
      input: [{ series: 'llm_tokens_total{job="app",model="m",type="input"}', values: '0+600x1440 864000+60000x60' }],
      at: '1500m',
      labels: { job: 'app', model: 'm' },
      says: 'app uses 1k tokens per second of m.',
    },
    // `total` is the sum of the others.
    silent: {
      input: [{ series: 'llm_tokens_total{job="app",model="m",type="total"}', values: '0+600x1440 864000+60000x60' }],
      at: '1500m',
    },
  }
}
