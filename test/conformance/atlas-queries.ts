import { expect } from 'vitest'
import type { Checks } from './promises.js'
import { withLog } from './queries.js'

const head = '[METRIC] [user@example.com]'

/** A48–A52: the documented queries, run unchanged on the output of the file sink. */
export const atlasQueries: Checks = {
  A48: () =>
    withLog(({ shell, lines }) => {
      expect(lines).toHaveLength(8)
      expect(shell('grep "\\[METRIC\\]" application.log')).toBe(`${lines.join('\n')}\n`)
    }),
  A49: () =>
    withLog(({ grep }) => {
      const found = grep('\\[METRIC\\] \\[user@example.com\\]').filter((line) => line.startsWith(head))
      expect(found).toHaveLength(6)
    }),
  A50: () =>
    withLog(({ shell }) => {
      expect(shell('grep "\\[METRIC\\].*llm_call" application.log')).toBe(
        `${head} llm_call model=gpt-4 message_count=5\n${head} llm_call model=gpt-4 message_count=6\n`,
      )
    }),
  A51: () =>
    withLog(({ shell }) => {
      const found = shell('grep "\\[METRIC\\].*error" application.log')
      expect(found).toContain(`${head} error error_type=rate_limit\n`)
      expect(found).toContain(`${head} tool_error tool_name=file_reader\n`)
    }),
  A52: () =>
    withLog(({ shell }) => {
      const counts = shell('grep "\\[METRIC\\].*tool_call" application.log | cut -d\' \' -f2 | sort | uniq -c')
      expect(
        counts
          .trim()
          .split('\n')
          .map((line) => line.trim())
          .sort(),
      ).toEqual(['1 [bob_smith]', '1 [user@example.com]', '1 [user@exampleXcom]'])
    }),
}
