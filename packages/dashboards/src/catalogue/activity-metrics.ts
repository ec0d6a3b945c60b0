import type { MetricSpecs } from '@quipu/catalog/builtin'

const optional = { class: 'name', optional: true } as const
const event = { 'event.name': 'name' } as const

/** The metrics that the Collector of `deploy/` derives from `[METRIC]` lines. */
export const activityMetrics = {
  activity_events_total: {
    kind: 'counter',
    help: 'Activity events, from [METRIC] lines',
    unit: '{event}',
    labels: {
      ...event,
      model: optional,
      tool_name: optional,
      content_type: optional,
      category: optional,
      error_type: optional,
    },
  },
  activity_file_bytes_total: {
    kind: 'counter',
    help: 'Bytes of files uploaded and stored, from [METRIC] lines',
    unit: 'By',
    labels: { ...event, content_type: optional, category: optional },
  },
  activity_messages_total: {
    kind: 'counter',
    help: 'Messages in the conversations of model calls, from [METRIC] lines',
    unit: '{message}',
    labels: { model: optional },
  },
  activity_unreadable_lines_total: {
    kind: 'counter',
    help: 'Lines of the activity log that are not [METRIC] lines',
    unit: '{line}',
  },
} as const satisfies MetricSpecs
