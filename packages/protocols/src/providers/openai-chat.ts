import type { ResponseTarget } from '../protocol.js'
import { defineProtocol } from '../protocol.js'
import type { Selected } from '../read/selection.js'
import { chatRequest, describeChat } from './chat-request.js'
import { failureOf, openaiError } from './openai-error.js'
import { reportedCost } from './reported-cost.js'

const message = {
  content: 'bytes',
  refusal: 'present',
  reasoning: 'present',
  reasoning_content: 'present',
  audio: 'present',
  function_call: 'present',
} as const

/** Usage is next to the choices, in Groq's own member, or in a choice (Kimi). */
const counted = { model: 'text', service_tier: 'text', usage: 'numbers', x_groq: { usage: 'numbers' } } as const

export const chatCompletion = {
  ...counted,
  ...openaiError,
  choices: [{ message: { ...message, tool_calls: 'items' }, usage: 'numbers' }],
} as const

export function readChatCompletion(target: ResponseTarget, response: Selected<typeof chatCompletion>): void {
  target.response({ model: response.model, serviceTier: response.service_tier })
  for (const choice of response.choices ?? []) {
    target.usage(choice?.usage)
    // A tool call has no text: its completion has 0 bytes.
    target.output(choice?.message?.content ?? 0)
    target.tools((choice?.message?.tool_calls ?? 0) + (choice?.message?.function_call ? 1 : 0))
  }
  target.usage(response.usage ?? response.x_groq?.usage)
  target.response({ costDollars: reportedCost(response.usage) })
  failureOf(target, response.error)
}

/** Chat completions of OpenAI and compatible servers (`POST …/chat/completions`), and of Mistral's agents. */
export const openaiChat = defineProtocol({
  name: 'openai.chat',
  operation: 'chat',
  provider: 'openai',
  path: /\/(?:chat|agents)\/completions$|\/deployments\/(?<model>[^/]+)\/chat\/completions$/,
  hasTerminalEvent: true,
  request: { ...chatRequest, functions: 'items' },
  describe: (request) => describeChat({ ...request, tools: (request.tools ?? 0) + (request.functions ?? 0) }),
  response: chatCompletion,
  read: readChatCompletion,
  chunk: {
    ...counted,
    ...openaiError,
    choices: [
      {
        index: 'number',
        finish_reason: 'text',
        usage: 'numbers',
        delta: { ...message, tool_calls: [{ index: 'number', id: 'text' }] },
      },
    ],
  },
  readChunk(target, chunk) {
    target.response({ model: chunk.model, serviceTier: chunk.service_tier })
    for (const choice of chunk.choices ?? []) {
      if (choice === undefined) continue
      const { delta } = choice
      target.usage(choice.usage)
      target.output(delta?.content)
      readSigns(target, delta)
      for (const call of delta?.tool_calls ?? []) {
        target.otherOutput(true)
        target.tool(`${choice.index ?? 0}.${call?.index ?? call?.id ?? 0}`)
      }
      if (choice.finish_reason !== undefined) target.complete()
    }
    target.usage(chunk.usage ?? chunk.x_groq?.usage)
    target.response({ costDollars: reportedCost(chunk.usage) })
    failureOf(target, chunk.error)
  },
})

type Signs = { readonly [name in 'refusal' | 'reasoning' | 'reasoning_content' | 'audio' | 'function_call']?: boolean }

function readSigns(target: ResponseTarget, delta: Signs | undefined): void {
  target.otherOutput(
    delta?.reasoning || delta?.reasoning_content || delta?.refusal || delta?.audio || delta?.function_call,
  )
  if (delta?.function_call) target.tool('function_call')
}
