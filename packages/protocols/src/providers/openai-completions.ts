import { defineProtocol } from '../protocol.js'
import { failureOf, openaiError } from './openai-error.js'

const counted = { model: 'text', usage: 'numbers', ...openaiError } as const

/** Text completions of OpenAI and compatible servers (`POST …/completions`). */
export const openaiCompletions = defineProtocol({
  name: 'openai.completions',
  operation: 'text_completion',
  provider: 'openai',
  path: /(?:^|\/v\d+(?:beta)?|\/openai)\/(?:fim\/)?completions$|\/deployments\/(?<model>[^/]+)\/completions$/,
  hasTerminalEvent: true,
  request: { model: 'text', stream: 'flag' },
  describe: ({ model, stream }) => ({ model, stream }),
  response: { ...counted, choices: [{ text: 'bytes' }] },
  read(target, response) {
    target.response({ model: response.model })
    for (const choice of response.choices ?? []) target.output(choice?.text)
    target.usage(response.usage)
    failureOf(target, response.error)
  },
  chunk: { ...counted, choices: [{ text: 'bytes', finish_reason: 'text' }] },
  readChunk(target, chunk) {
    target.response({ model: chunk.model })
    for (const choice of chunk.choices ?? []) {
      target.output(choice?.text)
      if (choice?.finish_reason !== undefined) target.complete()
    }
    target.usage(chunk.usage)
    failureOf(target, chunk.error)
  },
})
