import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const jobs = '{job=~"$job"}'

/** Whether the numbers of the other boards can be trusted. */
export const pipelineBoard: Board = {
  id: 'pipeline',
  title: 'Quipu · Pipeline health',
  about: 'What was dropped, folded or not delivered, and how large the data is.',
  variables: [jobVariable('up')],
  rows: [
    {
      title: 'Nothing lost?',
      panels: [
        panel(
          'number',
          'short',
          'Targets down',
          'Scraped addresses that do not answer.',
          `count(up${jobs} == 0) or vector(0)`,
          {
            limit: 1,
            alert: 'MetricsTargetDown',
          },
        ),
        panel(
          'number',
          'short',
          'Dropped',
          'Observations that were not taken, in the time shown.',
          `${q.increase('quipu_dropped_total')} or vector(0)`,
          { limit: 1, alert: 'MetricsDropped' },
        ),
        panel(
          'number',
          'short',
          'Folded into other',
          'Observations whose label value did not fit or was over its budget, in the time shown.',
          `${q.increase('quipu_folded_total')} or vector(0)`,
          { limit: 1, alert: 'MetricsFolded' },
        ),
        panel(
          'number',
          'short',
          'Caught errors',
          'Errors inside the library that were caught, in the time shown.',
          `${q.increase('quipu_guard_catches_total')} or vector(0)`,
          { limit: 1 },
        ),
      ],
    },
    {
      title: 'Causes',
      panels: [
        panel(
          'lines',
          'opm',
          'Dropped by metric and reason',
          'Observations per minute.',
          `60 * ${q.rate('quipu_dropped_total', { by: ['metric', 'reason'] })}`,
          { legend: '{{metric}} {{reason}}' },
        ),
        panel(
          'lines',
          'opm',
          'Folded by metric and label',
          'Observations per minute.',
          `60 * ${q.rate('quipu_folded_total', { by: ['metric', 'label'] })}`,
          { legend: '{{metric}} {{label}}' },
        ),
        panel(
          'stacked',
          'opm',
          'Export points by outcome',
          'Data points per minute, by what became of them.',
          `60 * ${q.rate('quipu_export_points_total', { by: ['exporter', 'outcome'] })}`,
          { legend: '{{exporter}} {{outcome}}' },
        ),
      ],
    },
    {
      title: 'Size and speed',
      panels: [
        panel(
          'ranking',
          'short',
          'Largest metrics',
          'Series held, by metric.',
          top(15, q.now('quipu_series', { by: ['metric'] })),
          {
            legend: '{{metric}}',
          },
        ),
        panel(
          'lines',
          's',
          'p95 scrape time',
          'From a request for a page to its last byte.',
          q.quantile(0.95, 'quipu_scrape_duration_seconds', { by: ['page'] }),
          { legend: '{{page}}' },
        ),
        panel(
          'lines',
          'dtdurations',
          'Time since the last export',
          'Grows while nothing gets out.',
          `time() - ${q.now('quipu_last_export_timestamp_seconds', { by: ['exporter'], fold: 'max' })}`,
          { legend: '{{exporter}}' },
        ),
        panel('number', 'bytes', 'Waiting on disk', 'Bytes that wait to be exported.', q.now('quipu_spool_bytes')),
        panel(
          'number',
          'short',
          'Workers missing',
          'Workers that did not answer the last scrape.',
          q.now('quipu_workers_missing', { fold: 'max' }),
        ),
      ],
    },
  ],
}
