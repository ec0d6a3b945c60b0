import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const jobs = '{job=~"$job"}'

/** The state of the metrics pipeline, on which the other boards depend. */
export const pipelineBoard: Board = {
  id: 'pipeline',
  title: 'Quipu · Pipeline health',
  about: 'Dropped, folded and undelivered data, and the size of the data.',
  variables: [jobVariable('up')],
  rows: [
    {
      title: 'Nothing lost?',
      panels: [
        panel(
          'number',
          'short',
          'Targets down',
          'Scraped addresses that do not respond.',
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
          'Dropped observations in the selected time range.',
          `${q.increase('quipu_dropped_total')} or vector(0)`,
          { limit: 1, alert: 'MetricsDropped' },
        ),
        panel(
          'number',
          'short',
          'Folded into other',
          'Observations with an invalid label value or one over its budget, in the selected time range.',
          `${q.increase('quipu_folded_total')} or vector(0)`,
          { limit: 1, alert: 'MetricsFolded' },
        ),
        panel(
          'number',
          'short',
          'Caught errors',
          'Errors caught inside the library, in the selected time range.',
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
          'Data points per minute, by outcome of their export.',
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
          'Series in memory, by metric.',
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
          'Increases while exports fail.',
          `time() - ${q.now('quipu_last_export_timestamp_seconds', { by: ['exporter'], fold: 'max' })}`,
          { legend: '{{exporter}}' },
        ),
        panel('number', 'bytes', 'Bytes on disk', 'Bytes on disk to be exported.', q.now('quipu_spool_bytes')),
        panel(
          'number',
          'short',
          'Workers missing',
          'Workers that did not respond to the last scrape.',
          q.now('quipu_workers_missing', { fold: 'max' }),
        ),
      ],
    },
  ],
}
