import type { Objectives } from '../../catalogue/objectives.js'
import type { AlertRule, TestSeries } from '../rule.js'
import { q } from '../scope.js'

const causes = [
  'More users, or one user with an unusual number of calls.',
  'Longer prompts or a more expensive model after a deployment.',
  'A loop: an agent, a retry, a job that starts again.',
]
const act = 'Find model and feature on the cost board. Cap, switch to a cheaper model, or raise the budget.'

/** A counter that grows by this amount each minute for more than a day. */
function spent(series: string, perMinute: number): readonly TestSeries[] {
  return [{ series, values: `0+${perMinute}x1500` }]
}

const common = { severity: 'ticket', board: 'cost' } as const
const tokens = { where: { type: ['input', 'output'] } } as const
const aDay = 24 * 60

/** Daily budgets of tokens and dollars, over a sliding window of 24 hours. */
export function budgetAlerts(objectives: Objectives): readonly AlertRule[] {
  return [tokenBudgetSpent(objectives), costBudgetSpent(objectives), featureTokenBudgetSpent(objectives)]
}

function tokenBudgetSpent({ tokensPerDay }: Objectives): AlertRule {
  return {
    ...common,
    name: 'TokenBudgetSpent',
    expr: `${q.increase('llm_tokens_total', tokens)} > ${tokensPerDay}`,
    summary: '{{ $labels.job }} has spent its daily tokens',
    description: `{{ $value | humanize }} tokens in 24 hours; the budget is ${tokensPerDay}.`,
    runbook: { means: 'More tokens in 24 hours than the budget.', causes, act },
    fires: {
      input: spent('llm_tokens_total{job="app",model="m",type="input"}', (2 * tokensPerDay) / aDay),
      at: '1500m',
      labels: { job: 'app' },
      says: `100M tokens in 24 hours; the budget is ${tokensPerDay}.`,
    },
    silent: {
      input: [
        ...spent('llm_tokens_total{job="app",model="m",type="input"}', (0.6 * tokensPerDay) / aDay),
        ...spent('llm_tokens_total{job="app",model="m",type="total"}', (0.6 * tokensPerDay) / aDay),
      ],
      at: '1500m',
    },
  }
}

function costBudgetSpent({ dollarsPerDay }: Objectives): AlertRule {
  return {
    ...common,
    name: 'CostBudgetSpent',
    expr: `${q.increase('llm_cost_usd_total')} > ${dollarsPerDay}`,
    summary: '{{ $labels.job }} has spent its daily dollars',
    description: `{{ $value | humanize }} dollars in 24 hours; the budget is ${dollarsPerDay}.`,
    runbook: { means: 'More dollars in 24 hours than the budget.', causes, act },
    fires: {
      input: spent('llm_cost_usd_total{job="app",model="m"}', (2 * dollarsPerDay) / aDay),
      at: '1500m',
      labels: { job: 'app' },
      says: `200 dollars in 24 hours; the budget is ${dollarsPerDay}.`,
    },
    silent: {
      input: spent('llm_cost_usd_total{job="app",model="m"}', (0.9 * dollarsPerDay) / aDay),
      at: '1500m',
    },
  }
}

function featureTokenBudgetSpent({ featureTokensPerDay }: Objectives): AlertRule {
  return {
    ...common,
    name: 'FeatureTokenBudgetSpent',
    expr: `${q.increase('llm_feature_tokens_total', { by: ['feature'] })} > ${featureTokensPerDay}`,
    summary: '{{ $labels.feature }} has spent its daily tokens',
    description: `{{ $value | humanize }} tokens in 24 hours; the budget of a feature is ${featureTokensPerDay}.`,
    runbook: { means: 'One feature used more tokens in 24 hours than its budget.', causes, act },
    fires: {
      input: spent(
        'llm_feature_tokens_total{job="app",feature="chat",model="m",type="input"}',
        (2 * featureTokensPerDay) / aDay,
      ),
      at: '1500m',
      labels: { job: 'app', feature: 'chat' },
      says: `20M tokens in 24 hours; the budget of a feature is ${featureTokensPerDay}.`,
    },
    silent: {
      input: [
        ...spent(
          'llm_feature_tokens_total{job="app",feature="chat",model="m",type="input"}',
          (0.6 * featureTokensPerDay) / aDay,
        ),
        ...spent(
          'llm_feature_tokens_total{job="app",feature="search",model="m",type="input"}',
          (0.6 * featureTokensPerDay) / aDay,
        ),
      ],
      at: '1500m',
    },
  }
}
