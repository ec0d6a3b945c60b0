import { objectives } from '../catalogue/objectives.js'
import { type Board, heatmap, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const duration = 'app_request_duration_seconds'
const server = { status_code: { like: '5..' } } as const

/** Requests of the application. The first row is "Application Performance" of the document. */
export const applicationBoard: Board = {
  id: 'application',
  title: 'Quipu · Application',
  about: 'Requests to the application: traffic, duration, errors and sessions.',
  variables: [jobVariable(q.nameOf('app_requests_total'))],
  rows: [
    {
      title: 'Application performance',
      panels: [
        panel(
          'lines',
          's',
          'Request duration by endpoint',
          'Mean time of a request, by route.',
          q.mean(duration, { by: ['endpoint'] }),
          { legend: '{{endpoint}}' },
        ),
        panel(
          'ranking',
          'short',
          'Errors by type',
          'Requests answered with 4xx (client_error) or 5xx (server_error) in the selected time range.',
          q.increase('app_errors_total', { by: ['error_type'] }),
          { legend: '{{error_type}}' },
        ),
        panel('number', 'short', 'Active sessions', 'Sessions open now.', q.now('app_active_sessions'), {
          alert: 'ActiveSessionsNegative',
        }),
      ],
    },
    {
      title: 'Traffic',
      panels: [
        panel(
          'lines',
          'reqps',
          'Requests by endpoint',
          'Requests per second, by route.',
          q.rate('app_requests_total', { by: ['endpoint'] }),
          { legend: '{{endpoint}}' },
        ),
        panel(
          'stacked',
          'reqps',
          'Requests by status',
          'Requests per second, by status code.',
          q.rate('app_requests_total', { by: ['status_code'] }),
          { legend: '{{status_code}}' },
        ),
        panel(
          'lines',
          'percentunit',
          'Server errors by endpoint',
          'Share of requests answered with 5xx. A route without errors is 0.',
          q.share(
            { metric: 'app_requests_total', where: server },
            { metric: 'app_requests_total' },
            { by: ['endpoint'] },
          ),
          { legend: '{{endpoint}}', limit: objectives.appErrors, alert: 'AppErrorsHigh' },
        ),
      ],
    },
    {
      title: 'Speed',
      panels: [
        panel(
          'lines',
          's',
          'p95 duration by endpoint',
          '5 % of the requests are slower than this.',
          q.quantile(0.95, duration, { by: ['endpoint'] }),
          { legend: '{{endpoint}}', limit: objectives.appLatencySeconds, alert: 'AppLatencyHigh' },
        ),
        panel(
          'ranking',
          's',
          'Slowest endpoints',
          'p95 duration in the selected time range.',
          top(10, q.quantile(0.95, duration, { by: ['endpoint'], over: '$__range' })),
          { legend: '{{endpoint}}', limit: objectives.appLatencySeconds },
        ),
        heatmap('s', 'Request duration', 'Distribution of request durations.', q.buckets(duration)),
      ],
    },
    {
      title: 'Streams',
      panels: [
        panel(
          'lines',
          'opm',
          'Streams by endpoint',
          'Event streams that ended, per minute. The durations above exclude them.',
          `60 * ${q.rate('app_stream_duration_seconds', { by: ['endpoint'] })}`,
          { legend: '{{endpoint}}' },
        ),
        panel(
          'lines',
          's',
          'p95 stream duration by endpoint',
          'Time until the client disconnected or the application ended the stream.',
          q.quantile(0.95, 'app_stream_duration_seconds', { by: ['endpoint'] }),
          { legend: '{{endpoint}}' },
        ),
      ],
    },
  ],
}
