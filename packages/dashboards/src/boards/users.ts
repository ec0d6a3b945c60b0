import { objectives } from '../catalogue/objectives.js'
import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const failures = q.rate('user_auth_failures_total')

/** Users. The first row is "User Metrics" of the document. */
export const usersBoard: Board = {
  id: 'users',
  title: 'Quipu · Users',
  about: 'Registrations, sessions, sign-ins and actions of users. No panel names a person.',
  variables: [jobVariable(q.nameOf('user_logins_total'))],
  rows: [
    {
      title: 'User metrics',
      panels: [
        panel(
          'lines',
          'short',
          'New users',
          'Registrations in the last hour.',
          q.increase('user_registrations_total', { over: '1h' }),
          { legend: 'registrations' },
        ),
        panel(
          'lines',
          'short',
          'Active users',
          'Open sessions. A user with two sessions counts twice.',
          q.now('app_active_sessions'),
          { legend: 'sessions' },
        ),
        panel(
          'stacked',
          'opm',
          'Authentication failures',
          'Failed sign-ins per minute, by reason.',
          `60 * ${q.rate('user_auth_failures_total', { by: ['reason'] })}`,
          { legend: '{{reason}}', alert: 'AuthFailureSpike' },
        ),
      ],
    },
    {
      title: 'Sign-in',
      panels: [
        panel('lines', 'opm', 'Logins', 'Logins per minute.', `60 * ${q.rate('user_logins_total')}`, {
          legend: 'logins',
        }),
        panel(
          'lines',
          'percentunit',
          'Refused share',
          'Share of failed sign-ins.',
          `(${failures} or 0 * ${q.rate('user_logins_total')}) / (((${failures} or 0 * ${q.rate('user_logins_total')}) + ${q.rate('user_logins_total')}) > 0)`,
          { legend: 'refused' },
        ),
      ],
    },
    {
      title: 'Actions of users',
      panels: [
        panel(
          'ranking',
          'short',
          'Top actions',
          'Actions in the selected time range.',
          top(10, q.increase('user_action_total', { by: ['action_type'] })),
          { legend: '{{action_type}}' },
        ),
        panel(
          'lines',
          's',
          'p95 action time',
          '5 % of the timed actions are slower than this.',
          q.quantile(0.95, 'user_action_duration_seconds', { by: ['action_type'] }),
          { legend: '{{action_type}}' },
        ),
        panel(
          'ranking',
          'bytes',
          'Largest workspaces',
          'Workspace size by pseudonym of the user.',
          top(10, q.now('workspace_size_bytes', { by: ['user_id'], fold: 'max' })),
          { legend: '{{user_id}}', limit: objectives.workspaceBytes, alert: 'WorkspaceNearQuota' },
        ),
        panel(
          'lines',
          'short',
          'Mean analysis complexity',
          'Mean score by kind of analysis.',
          q.mean('analysis_complexity', { by: ['analysis_type'] }),
          { legend: '{{analysis_type}}' },
        ),
      ],
    },
  ],
}
