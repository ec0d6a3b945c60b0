import type { AlertRule } from '../rule.js'
import { q } from '../scope.js'

const info = 'quipu_info{job="app",instance="a",version="0.1.0"}'
const everSeen = 'group by (job) (present_over_time(quipu_info[1d]))'

/** Alerts on the metrics themselves. */
export const pipelineAlerts: readonly AlertRule[] = [
  {
    name: 'MetricsTargetDown',
    severity: 'page',
    // Only for jobs with these metrics; other jobs have their own alerts.
    expr: `up == 0 and on (job) ${everSeen}`,
    for: '3m',
    board: 'pipeline',
    summary: 'Prometheus cannot scrape {{ $labels.instance }}',
    description: '{{ $labels.instance }} of {{ $labels.job }} does not respond.',
    runbook: {
      means: 'A scraped address does not respond, or its response is not a page.',
      causes: ['The process is down.', 'The token, the port or a network policy changed.'],
      act: "Prometheus' targets page has the error of the last scrape.",
    },
    fires: {
      input: [
        { series: 'up{job="app",instance="a"}', values: '1x10 0x20' },
        { series: info, values: '1x10' },
      ],
      at: '25m',
      labels: { job: 'app', instance: 'a' },
      says: 'a of app does not respond.',
    },
    silent: { input: [{ series: 'up{job="other",instance="a"}', values: '0x30' }], at: '25m' },
  },
  {
    name: 'MetricsAbsent',
    severity: 'page',
    expr: `${everSeen} unless on (job) group by (job) (present_over_time(quipu_info[10m]))`,
    for: '5m',
    board: 'pipeline',
    summary: '{{ $labels.job }} no longer has metrics',
    description: '{{ $labels.job }} sent metrics within a day, and none for 10 minutes.',
    runbook: {
      means: 'Neither a scrape nor an export has delivered metrics of this job.',
      causes: ['The process is down, or was removed on purpose.', 'The exporter cannot reach its endpoint.'],
      act: 'If the job was removed on purpose, silence this alert for a day.',
    },
    fires: {
      input: [{ series: info, values: '1x10 _x60' }],
      at: '40m',
      labels: { job: 'app' },
      says: 'app sent metrics within a day, and none for 10 minutes.',
    },
    silent: { input: [{ series: info, values: '1x70' }], at: '40m' },
  },
  {
    name: 'MetricsDropped',
    severity: 'info',
    expr: `${q.increase('quipu_dropped_total', { by: ['metric', 'reason'], over: '1h' })} > 0`,
    for: '5m',
    board: 'pipeline',
    summary: 'Observations of {{ $labels.metric }} are dropped',
    description:
      '{{ $value | humanize }} observations of {{ $labels.metric }} dropped in an hour: {{ $labels.reason }}.',
    runbook: {
      means: 'The application recorded an invalid value, label or field.',
      causes: ['A value that is not a number.', 'A label that the catalogue does not declare.'],
      act: 'See the label `reason`. The application logs each cause once, through OpenTelemetry diag.',
    },
    fires: {
      input: [{ series: 'quipu_dropped_total{job="app",metric="m",reason="not_a_number"}', values: '0+1x90' }],
      at: '80m',
      labels: { job: 'app', metric: 'm', reason: 'not_a_number' },
      says: '60 observations of m dropped in an hour: not_a_number.',
    },
    silent: {
      input: [{ series: 'quipu_dropped_total{job="app",metric="m",reason="not_a_number"}', values: '5x90' }],
      at: '80m',
    },
  },
  {
    name: 'MetricsFolded',
    severity: 'info',
    expr: `${q.increase('quipu_folded_total', { by: ['metric', 'label'], over: '1h' })} > 0`,
    for: '5m',
    board: 'pipeline',
    summary: 'Values of {{ $labels.label }} are folded into "other"',
    description:
      '{{ $value | humanize }} observations of {{ $labels.metric }} in an hour had an invalid {{ $labels.label }} or one over its budget.',
    runbook: {
      means: 'A label has more values than its budget, or values that its class does not accept.',
      causes: ['An id or a path in a label that should be a name.', 'A budget that is too small.'],
      act: 'Record a name or a template instead, or raise the budget of the label in the catalogue.',
    },
    fires: {
      input: [{ series: 'quipu_folded_total{job="app",metric="m",label="model"}', values: '0+1x90' }],
      at: '80m',
      labels: { job: 'app', metric: 'm', label: 'model' },
      says: '60 observations of m in an hour had an invalid model or one over its budget.',
    },
    silent: {
      input: [{ series: 'quipu_folded_total{job="app",metric="m",label="model"}', values: '5x90' }],
      at: '80m',
    },
  },
  {
    name: 'ExportsFailing',
    severity: 'ticket',
    expr: `${q.increase('quipu_exports_total', { by: ['exporter'], where: { outcome: 'failed' }, over: '15m' })} > 0`,
    for: '15m',
    board: 'pipeline',
    summary: '{{ $labels.exporter }} cannot deliver metrics of {{ $labels.job }}',
    description: '{{ $value | humanize }} exports failed in 15 minutes.',
    runbook: {
      means: 'Metrics are not delivered. With a spool they stay on disk; without one they are lost.',
      causes: ['The endpoint is unavailable or rejects the key.', 'The batch is too large for the endpoint.'],
      act: 'The application logs the response of the endpoint once. Watch the bytes on disk.',
    },
    fires: {
      input: [{ series: 'quipu_exports_total{job="app",exporter="otlp",outcome="failed"}', values: '0+1x60' }],
      at: '50m',
      labels: { job: 'app', exporter: 'otlp' },
      says: '15 exports failed in 15 minutes.',
    },
    silent: {
      input: [{ series: 'quipu_exports_total{job="app",exporter="otlp",outcome="success"}', values: '0+1x60' }],
      at: '50m',
    },
  },
]
