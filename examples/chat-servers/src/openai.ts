import OpenAI from 'openai'
import { serveChat } from './serve-chat.js'

const client = new OpenAI()

await serveChat(async function* (question) {
  const chunks = await client.chat.completions.create({
    model: 'gpt-4.1-mini',
    messages: [{ role: 'user', content: question }],
    stream: true,
    stream_options: { include_usage: true },
  })
  for await (const { choices } of chunks) yield choices[0]?.delta.content ?? ''
})
