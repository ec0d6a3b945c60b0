import Anthropic from '@anthropic-ai/sdk'
import { serveChat } from './serve-chat.js'

const client = new Anthropic()

await serveChat(async function* (question) {
  const events = client.messages.stream({
    model: 'claude-haiku-4-5',
    max_tokens: 1024,
    messages: [{ role: 'user', content: question }],
  })
  for await (const event of events) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text
  }
})
