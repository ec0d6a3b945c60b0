import type { Objectives } from '../../catalogue/objectives.js'
import type { AlertRule, TestSeries } from '../rule.js'
import { q } from '../scope.js'

const feature = (uses: number, failures: number): readonly TestSeries[] => [
  { series: 'feature_usage_total{job="app",feature_name="report"}', values: `0+${uses}x40` },
  {
    series: 'feature_errors_total{job="app",feature_name="report",error_type="timeout"}',
    values: `0+${failures}x40`,
  },
]

const toolCalls = (good: number, bad: number): readonly TestSeries[] => {
  const count = (error: string, perMinute: number) => ({
    series: `gen_ai_execute_tool_duration_seconds_count{job="app",gen_ai_tool_name="search"${error}}`,
    values: `0+${perMinute}x40`,
  })
  return [count('', good), count(',error_type="tool_error"', bad)]
}

const byFeature = { by: ['feature_name'], over: '10m' } as const
const byTool = { by: ['gen_ai.tool.name'], over: '10m' } as const
const tool = 'gen_ai.execute_tool.duration'

/** Alerts on features, tools, sign-in and workspaces. */
export function peopleAndToolsAlerts(objectives: Objectives): readonly AlertRule[] {
  return [featureErrorsHigh(objectives), toolErrorsHigh(objectives), authFailureSpike(), workspaceNearQuota(objectives)]
}

function featureErrorsHigh({ featureErrors }: Objectives): AlertRule {
  return {
    name: 'FeatureErrorsHigh',
    severity: 'ticket',
    expr:
      `${q.share({ metric: 'feature_errors_total' }, { metric: 'feature_usage_total' }, byFeature)} > ${featureErrors} ` +
      `and ${q.increase('feature_usage_total', byFeature)} > 10`,
    for: '10m',
    board: 'features',
    summary: '{{ $labels.feature_name }} fails',
    description:
      '{{ $value | humanizePercentage }} of the uses of {{ $labels.feature_name }} ({{ $labels.job }}) fail.',
    runbook: {
      means: 'Uses of one feature fail more often than allowed.',
      causes: ['A dependency of the feature fails: see its error types.', 'Input that it cannot process.'],
      act: 'Split by error type on the features board; look for the same errors of models and tools.',
    },
    fires: {
      input: feature(10, 5),
      at: '30m',
      labels: { job: 'app', feature_name: 'report' },
      says: '50% of the uses of report (app) fail.',
    },
    silent: { input: feature(0.5, 0.5), at: '30m' },
  }
}

function toolErrorsHigh({ toolErrors }: Objectives): AlertRule {
  return {
    name: 'ToolErrorsHigh',
    severity: 'ticket',
    expr:
      `${q.share({ metric: tool, where: { 'error.type': { not: '' } } }, { metric: tool }, byTool)} > ${toolErrors} ` +
      `and ${q.increase(tool, byTool)} > 5`,
    for: '10m',
    board: 'tools-and-files',
    summary: 'The tool {{ $labels.gen_ai_tool_name }} fails',
    description:
      '{{ $value | humanizePercentage }} of the calls of {{ $labels.gen_ai_tool_name }} ({{ $labels.job }}) fail.',
    runbook: {
      means: 'Calls of one tool fail more often than allowed.',
      causes: ['A dependency of the tool is unavailable.', 'The model passes invalid arguments.'],
      act: 'Read the errors of the tool; if the model uses it wrongly, improve the description of its arguments.',
    },
    fires: {
      input: toolCalls(5, 5),
      at: '30m',
      labels: { job: 'app', gen_ai_tool_name: 'search' },
      says: '50% of the calls of search (app) fail.',
    },
    silent: { input: toolCalls(9, 1), at: '30m' },
  }
}

function authFailureSpike(): AlertRule {
  return {
    name: 'AuthFailureSpike',
    severity: 'ticket',
    expr:
      `${q.rate('user_auth_failures_total', { by: ['reason'] })} > ` +
      `5 * (${q.rate('user_auth_failures_total', { by: ['reason'], over: '1h', offset: '10m' })} + 0.02)`,
    for: '5m',
    board: 'users',
    summary: 'Sign-ins fail far more often than usual',
    description: '{{ $value | humanize }} failed sign-ins per second of {{ $labels.job }} ({{ $labels.reason }}).',
    runbook: {
      means: 'More than five times the failed sign-ins of the last hour.',
      causes: ['An attacker guesses passwords.', 'A client has an old token or key.', 'The identity provider fails.'],
      act: 'Look at the reason: invalid credentials point to users or attackers, invalid or expired tokens to clients.',
    },
    fires: {
      input: [
        { series: 'user_auth_failures_total{job="app",reason="invalid_credentials"}', values: '0+1x90 90+60x20' },
      ],
      at: '100m',
      labels: { job: 'app', reason: 'invalid_credentials' },
      says: '1 failed sign-ins per second of app (invalid_credentials).',
    },
    silent: {
      input: [{ series: 'user_auth_failures_total{job="app",reason="invalid_credentials"}', values: '0+60x110' }],
      at: '100m',
    },
  }
}

function workspaceNearQuota({ workspaceBytes }: Objectives): AlertRule {
  return {
    name: 'WorkspaceNearQuota',
    severity: 'ticket',
    expr: `${q.now('workspace_size_bytes', { by: ['user_id'], fold: 'max' })} > ${0.9 * workspaceBytes}`,
    for: '15m',
    board: 'users',
    summary: 'A workspace is nearly full',
    description: `A workspace of {{ $labels.job }} holds {{ $value | humanize1024 }}B of ${workspaceBytes} bytes.`,
    runbook: {
      means: 'One workspace uses more than 90 % of the quota. The label is a pseudonym.',
      causes: ['Old files.', 'One large upload.'],
      act: 'Compute the pseudonym of the user in question with the same key to identify the user.',
    },
    fires: {
      input: [{ series: 'workspace_size_bytes{job="app",user_id="3f"}', values: `${0.95 * workspaceBytes}x30` }],
      at: '25m',
      labels: { job: 'app', user_id: '3f' },
      says: `A workspace of app holds 8.848GiB of ${workspaceBytes} bytes.`,
    },
    silent: {
      input: [{ series: 'workspace_size_bytes{job="app",user_id="3f"}', values: `${0.5 * workspaceBytes}x30` }],
      at: '25m',
    },
  }
}
