import { openai } from '@ai-sdk/openai'
import { streamText } from 'ai'
import { serveChat } from './serve-chat.js'

await serveChat((question) => streamText({ model: openai.chat('gpt-4.1-mini'), prompt: question }).textStream)
