import type { ToolCallObservation } from '../observation.js'
import { createMapping, event, metric, seconds } from './mapping.js'

/** A tool call: Aki's count, OpenTelemetry's duration, and one of Atlas' two events. */
export const toolCallMapping = createMapping<ToolCallObservation>({
  metrics: [
    metric(
      'aki',
      'tool_usage',
      (o) => ({ tool_name: o.tool }),
      () => 1,
    ),
    metric(
      'gen_ai',
      'gen_ai.execute_tool.duration',
      (o) => ({ 'gen_ai.tool.name': o.tool, 'error.type': o.errorType }),
      (o) => seconds(o.durationMs),
    ),
  ],
  events: [
    event('tool_call', (o) => (o.errorType === undefined ? { tool_name: o.tool } : undefined)),
    event('tool_error', (o) => (o.errorType === undefined ? undefined : { tool_name: o.tool })),
  ],
})
