import { createTestRecorder } from '@quipu/testing'
import { describe, expect, test } from 'vitest'
import { operations, useMcpSessions } from '../../fixtures/mcp-sessions.js'

const { connectInMemory } = useMcpSessions()

describe('within a tool call of the application', () => {
  const call = async (outer: string, name: string, args = {}) => {
    const { recorder, client } = await connectInMemory()
    const result = recorder.withUser('user@example.com', () =>
      recorder.withToolCall(outer, () => client.callTool({ name, arguments: args })),
    )
    await result.catch(() => undefined)
    const uses = recorder.readings().find((reading) => reading.name === 'tool_usage')
    const counted = uses?.cells().map(({ values, data, at }) => [values[0], data[at]])
    return { recorder, counted, lines: recorder.lines, sent: operations(recorder, 'client') }
  }
  const sum = { a: 1, b: 2 }

  test.each(['calculator', 'tools__calculator', 'tools.calculator', 'mcp:tools:calculator'])(
    '%s is one tool call, under the name in the application',
    async (outer) => {
      const { recorder, counted, lines, sent } = await call(outer, 'calculator', sum)
      expect(counted).toEqual([[outer, 1]])
      expect(lines).toEqual([`[METRIC] [user@example.com] tool_call tool_name=${outer}`])
      expect(recorder.value('gen_ai.execute_tool.duration', { 'gen_ai.tool.name': outer })).toMatchObject({
        count: 1,
        sum: 0.25,
      })
      expect(sent).toMatchObject({ 'tools/call calculator': 1 })
    },
  )

  test('a tool that reports a failure makes it fail, although no error is thrown', async () => {
    const { recorder, counted, lines } = await call('file_reader', 'file_reader', { path: 'x' })
    expect(counted).toEqual([['file_reader', 1]])
    expect(lines).toEqual(['[METRIC] [user@example.com] tool_error tool_name=file_reader'])
    const labels = { 'gen_ai.tool.name': 'file_reader', 'error.type': 'tool_error' }
    expect(recorder.value('gen_ai.execute_tool.duration', labels)).toMatchObject({ count: 1 })
  })

  test('a failure that the application retried successfully is not counted', async () => {
    const { recorder, client } = await connectInMemory()
    await recorder.withToolCall('calculator', async () => {
      await client.callTool({ name: 'calculator', arguments: { a: 'no number' } })
      return client.callTool({ name: 'calculator', arguments: sum })
    })
    expect(recorder.value('tool_usage', { tool_name: 'calculator' })).toBe(1)
    expect(recorder.lines).toEqual(['[METRIC] [unknown] tool_call tool_name=calculator'])
  })

  test.each([
    ['research', 'calculator'],
    ['my_calculator', 'calculator'],
  ])('%s that calls %s is two', async (outer, name) => {
    const { counted, lines } = await call(outer, name, sum)
    expect(counted).toEqual([
      [name, 1],
      [outer, 1],
    ])
    expect(lines).toHaveLength(2)
  })

  test('with another recorder, and after its end, calls are counted separately', async () => {
    const { recorder, client } = await connectInMemory()
    const other = createTestRecorder()
    await other.withToolCall('calculator', () => client.callTool({ name: 'calculator', arguments: sum }))
    expect(recorder.value('tool_usage', { tool_name: 'calculator' })).toBe(1)
    expect(other.value('tool_usage', { tool_name: 'calculator' })).toBe(1)
    let later: Promise<unknown> = Promise.resolve()
    recorder.withToolCall('calculator', () => {
      later = Promise.resolve().then(() => client.callTool({ name: 'calculator', arguments: sum }))
    })
    await later
    expect(recorder.value('tool_usage', { tool_name: 'calculator' })).toBe(3)
  })
})
