import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type OpenAI from 'openai'
import { SYSTEM_PROMPT } from './llm-service.js'

/** The model that the assistant uses. */
export const MODEL = 'gpt-4o-mini'

type Messages = OpenAI.ChatCompletionMessageParam[]

/** Answers in conversation, with the help of tools. */
export interface Assistant {
  answer(prompt: string): Promise<string>
  /** Yields the answer piece by piece from its start; ends when the signal is aborted. */
  stream(prompt: string, signal: AbortSignal): Promise<AsyncIterable<string>>
}

/** Maximum number of tool requests before the model has to answer. */
const MAX_ROUNDS = 3

export async function createAssistant(client: OpenAI, tools: Client): Promise<Assistant> {
  const offered = (await tools.listTools()).tools.map(
    ({ name, description = '', inputSchema }): OpenAI.ChatCompletionTool => ({
      type: 'function',
      function: { name, description, parameters: inputSchema },
    }),
  )
  const begin = (prompt: string): Messages => [
    { role: 'system', content: SYSTEM_PROMPT },
    { role: 'user', content: prompt },
  ]

  async function run(call: OpenAI.ChatCompletionMessageToolCall): Promise<OpenAI.ChatCompletionToolMessageParam> {
    if (call.type !== 'function') return { role: 'tool', tool_call_id: call.id, content: 'unknown' }
    const args: unknown = JSON.parse(call.function.arguments)
    const result = await tools.callTool({
      name: call.function.name,
      arguments: typeof args === 'object' && args !== null ? { ...args } : {},
    })
    return { role: 'tool', tool_call_id: call.id, content: result.isError === true ? 'failed' : 'done' }
  }

  return {
    async answer(prompt) {
      const messages = begin(prompt)
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const { choices } = await client.chat.completions.create({ model: MODEL, messages, tools: offered })
        const message = choices[0]?.message
        if (message === undefined) break
        if (message.tool_calls === undefined) return message.content ?? ''
        messages.push(message)
        for (const call of message.tool_calls) messages.push(await run(call))
      }
      return ''
    },
    async stream(prompt, signal) {
      const chunks = await client.chat.completions.create(
        { model: MODEL, messages: begin(prompt), stream: true, stream_options: { include_usage: true } },
        { signal },
      )
      return piecesOf(chunks)
    },
  }
}

async function* piecesOf(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    const piece = chunk.choices[0]?.delta.content
    if (piece) yield piece
  }
}
