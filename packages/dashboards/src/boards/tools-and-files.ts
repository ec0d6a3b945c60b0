import { objectives } from '../catalogue/objectives.js'
import { type Board, panel } from '../model/board.js'
import { top } from '../promql/queries.js'
import { jobVariable, q } from './scope.js'

const tool = 'gen_ai.execute_tool.duration'
const byTool = ['gen_ai.tool.name'] as const
const toolLegend = '{{gen_ai_tool_name}}'

/** Tool calls of models, and files of users. */
export const toolsAndFilesBoard: Board = {
  id: 'tools-and-files',
  title: 'Quipu · Tools and files',
  about: 'Tool calls, MCP, and files. Panels from [METRIC] lines need the Collector of deploy/.',
  variables: [jobVariable(`${q.nameOf(tool)}_count`)],
  rows: [
    {
      title: 'Tools',
      panels: [
        panel(
          'ranking',
          'short',
          'Top tools',
          'Tool calls in the selected time range.',
          top(10, q.increase(tool, { by: byTool })),
          {
            legend: toolLegend,
          },
        ),
        panel(
          'lines',
          'percentunit',
          'Tool error ratio',
          'Share of failed tool calls. A tool without errors is 0.',
          q.share({ metric: tool, where: { 'error.type': { not: '' } } }, { metric: tool }, { by: byTool }),
          { legend: toolLegend, limit: objectives.toolErrors, alert: 'ToolErrorsHigh' },
        ),
        panel(
          'lines',
          's',
          'p95 tool time',
          '5 % of the tool calls are slower than this.',
          q.quantile(0.95, tool, { by: byTool }),
          {
            legend: toolLegend,
          },
        ),
      ],
    },
    {
      title: 'MCP and agents',
      panels: [
        panel(
          'lines',
          'opm',
          'MCP requests by method',
          'Requests and notifications sent per minute.',
          `60 * ${q.rate('mcp.client.operation.duration', { by: ['mcp.method.name'] })}`,
          { legend: '{{mcp_method_name}}' },
        ),
        panel(
          'lines',
          's',
          'p95 MCP request time',
          'Duration as observed by the client.',
          q.quantile(0.95, 'mcp.client.operation.duration', { by: ['mcp.method.name'] }),
          { legend: '{{mcp_method_name}}' },
        ),
        panel(
          'lines',
          's',
          'p95 agent run time',
          'Duration of agent invocations.',
          q.quantile(0.95, 'gen_ai.invoke_agent.duration', { by: ['gen_ai.agent.name'] }),
          { legend: '{{gen_ai_agent_name}}' },
        ),
      ],
    },
    {
      title: 'From [METRIC] lines',
      panels: [
        panel(
          'stacked',
          'bytes',
          'File bytes by type',
          'Bytes per second of files uploaded and stored.',
          q.rate('activity_file_bytes_total', { by: ['event.name', 'content_type'] }),
          { legend: '{{event_name}} {{content_type}}' },
        ),
        panel(
          'ranking',
          'bytes',
          'Stored bytes by category',
          'Bytes stored in the selected time range.',
          q.increase('activity_file_bytes_total', { by: ['category'], where: { 'event.name': 'file_stored' } }),
          { legend: '{{category}}' },
        ),
        panel(
          'stacked',
          'opm',
          'Events',
          'Activity events per minute.',
          `60 * ${q.rate('activity_events_total', { by: ['event.name'] })}`,
          { legend: '{{event_name}}' },
        ),
      ],
    },
  ],
}
