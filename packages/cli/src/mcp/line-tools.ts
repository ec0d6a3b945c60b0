import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { groupLines, toObjects } from '../lines/query-lines.js'
import type { CommandIo } from '../terminal/io.js'
import { answer, readOnly } from './tool-answer.js'

const inputSchema = z.object({
  by: z
    .array(z.string())
    .default(['event'])
    .describe('keys to group by: event, user, day, hour (UTC) or fields such as model, tool_name, error_type'),
  value: z.string().optional().describe('field with numbers to summarise, such as total_tokens'),
  event: z.array(z.string()).optional().describe('only these events, such as llm_call, tool_call, error'),
  user: z.string().optional().describe('only users whose name contains this'),
  where: z.array(z.string()).optional().describe('conditions: field=value or field!=value'),
  since: z.string().optional().describe('ISO 8601 time, or an age: 15m, 2h, 7d'),
  until: z.string().optional().describe('ISO 8601 time, or an age'),
  top: z.number().int().min(1).max(1000).default(50).describe('only the largest groups'),
})

/** Adds the tool that counts the lines of these files, and of no other file. */
export function addLineTools(server: McpServer, files: readonly string[], io: CommandIo): void {
  server.registerTool(
    'query_activity',
    {
      title: 'Count activity',
      description:
        'Counts the records of the activity log by event, user, day, hour or field; with `value`, also sum, mean, p50, p95 and max of a field.',
      inputSchema,
      annotations: readOnly,
    },
    ({ by, value, event, user, where, since, until, top }) =>
      answer(async () => {
        const filter = {
          ...(event !== undefined && { event }),
          ...(user !== undefined && { user }),
          ...(where !== undefined && { where }),
          ...(since !== undefined && { since }),
          ...(until !== undefined && { until }),
        }
        const table = await groupLines(files, { ...filter, by, top, ...(value !== undefined && { value }) }, io)
        return toObjects(table, by.length)
      }),
  )
}
