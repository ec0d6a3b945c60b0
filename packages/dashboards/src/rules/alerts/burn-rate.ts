import type { Objectives } from '../../catalogue/objectives.js'
import { errorRatio } from '../recordings.js'
import type { AlertRule, TestSeries } from '../rule.js'

const runbook = {
  means: 'Model calls fail faster than the objective allows: the error budget of 30 days runs out early.',
  causes: [
    'The provider has an outage: see its status page and the error types.',
    'A deployment changed prompts, models, keys or limits: compare with the time of the last one.',
    'Inputs became longer than the context of the model (`context_length`).',
  ],
  act: 'Split errors by type and model on the LLM board. Switch to another model or provider, or roll back.',
}

/** 100 calls per minute of one model, with this number of failures, for this number of minutes. */
function traffic(failures: number, minutes: number): readonly TestSeries[] {
  return [
    { series: 'llm_requests_total{job="app",model="m",endpoint="chat"}', values: `0+100x${minutes}` },
    { series: 'llm_errors_total{job="app",model="m",error_type="server_error"}', values: `0+${failures}x${minutes}` },
  ]
}

/**
 * Multi-window burn-rate alerts of the success objective: a long window shows that the failures matter, a short one
 * that they continue (Google SRE workbook, "Alerting on SLOs").
 */
export function burnRateAlerts({ llmSuccess }: Objectives): readonly AlertRule[] {
  const budget = round(1 - llmSuccess)
  const burns = (times: number, short: Parameters<typeof errorRatio>[0], long: Parameters<typeof errorRatio>[0]) =>
    `(${errorRatio(short)} > ${round(times * budget)} and ${errorRatio(long)} > ${round(times * budget)})`
  const common = { board: 'llm', runbook }
  return [
    {
      ...common,
      name: 'LLMErrorBudgetFastBurn',
      severity: 'page',
      expr: `${burns(14.4, '5m', '1h')} or ${burns(6, '30m', '6h')}`,
      summary: 'Model calls of {{ $labels.job }} fail fast enough to spend the error budget in days',
      description: '{{ $value | humanizePercentage }} of the model calls of {{ $labels.job }} fail.',
      fires: { input: traffic(20, 90), at: '80m', labels: { job: 'app' }, says: '20% of the model calls of app fail.' },
      // The failure rate that the objective allows.
      silent: { input: traffic(1, 400), at: '390m' },
    },
    {
      ...common,
      name: 'LLMErrorBudgetSlowBurn',
      severity: 'ticket',
      expr: `${burns(3, '2h', '1d')} or ${burns(1, '6h', '3d')}`,
      summary: 'Model calls of {{ $labels.job }} fail steadily enough to miss the objective',
      description: '{{ $value | humanizePercentage }} of the model calls of {{ $labels.job }} fail.',
      fires: {
        input: traffic(4, 1600),
        at: '1500m',
        labels: { job: 'app' },
        says: '4% of the model calls of app fail.',
      },
      silent: { input: traffic(0, 1600), at: '1500m' },
    },
  ]
}

/** Removes digits caused by binary fractions. */
function round(value: number): number {
  return Number(value.toPrecision(6))
}
