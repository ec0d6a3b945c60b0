interface SpecialConversations {
  readonly tools?: string
  readonly oddUsage?: string
  readonly errorIn200?: string
  readonly errorInStream?: string
}

/** Titles of the conversations of a protocol that are neither plain answers nor plain streams. */
export const specialConversations: { readonly [protocol: string]: SpecialConversations } = {
  'openai-chat': {
    tools: 'tool calls',
    oddUsage: 'Kimi stream with usage in a choice',
    errorIn200: 'error in a 200',
    errorInStream: 'error in a stream',
  },
  'openai-responses': { tools: 'plain answer', errorIn200: 'failed answer', errorInStream: 'failed stream' },
  'anthropic-messages': {
    tools: 'plain answer',
    oddUsage: 'stream whose last usage is of the output only',
    errorIn200: 'error in a 200',
    errorInStream: 'overloaded in a stream',
  },
  gemini: { tools: 'plain answer', errorIn200: 'blocked prompt', errorInStream: 'error in a stream' },
  ollama: { tools: 'plain chat', errorIn200: 'error in a 200', errorInStream: 'error in a stream' },
  cohere: { tools: 'plain chat', errorInStream: 'error in a stream' },
  'ai-gateway': { tools: 'plain chat', errorInStream: 'error in a stream' },
  bedrock: { tools: 'converse', errorInStream: 'throttled in a stream' },
}
