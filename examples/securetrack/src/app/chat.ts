import { type UsageMetrics, withAttribution, withFeature } from '@quipu/sdk'
import { json, type Request, Router } from 'express'
import type OpenAI from 'openai'
import type { Assistant } from './assistant.js'
import { InvalidRequestError } from './error-answers.js'
import type { LLMService } from './llm-service.js'
import type { Opinions } from './opinions.js'

/** The model of the search. */
export const EMBEDDING_MODEL = 'text-embedding-3-small'

export interface ChatParts {
  readonly assistant: Assistant
  readonly llm: LLMService
  readonly client: OpenAI
  readonly usage: UsageMetrics
  readonly opinions: Opinions
}

/** Conversation with the assistant, plain and streaming; questions to the decorated service; reviews, titles, search. */
export function chat({ assistant, llm, client, usage, opinions }: ChatParts): Router {
  const router = Router()

  router.post('/chat', json(), async (request, response) => {
    usage.recordUserAction('message')
    const answer = await withAttribution({ feature: 'chat' }, () =>
      withFeature('chat', () => assistant.answer(promptOf(request))),
    )
    response.json({ answer })
  })

  router.post('/chat/stream', json(), async (request, response) => {
    usage.recordUserAction('message')
    const stop = new AbortController()
    response.on('close', () => stop.abort())
    const pieces = await withAttribution({ feature: 'chat_stream' }, () =>
      assistant.stream(promptOf(request), stop.signal),
    )
    try {
      for await (const piece of pieces) {
        if (!response.headersSent) response.type('text/event-stream')
        response.write(`data: ${JSON.stringify(piece)}\n\n`)
      }
      if (stop.signal.aborted) usage.recordUserAction('stop')
      response.end()
    } catch (error) {
      if (!response.headersSent) throw error
      response.end('event: error\ndata: {}\n\n')
    }
  })

  // Reads only the first words and leaves the rest of the stream.
  router.post('/chat/preview', json(), async (request, response) => {
    const pieces = await withAttribution({ feature: 'preview' }, () =>
      assistant.stream(promptOf(request), new AbortController().signal),
    )
    for await (const piece of pieces) {
      response.json({ answer: piece })
      return
    }
    response.json({ answer: '' })
  })

  router.post('/questions', json(), async (request, response) => {
    const completion = await llm.generateResponse({ prompt: promptOf(request) })
    response.json({ answer: completion.choices[0]?.message.content })
  })

  router.post('/reviews', json(), async (request, response) => {
    response.json({ answer: await opinions.review(promptOf(request)) })
  })

  router.post('/titles', json(), async (request, response) => {
    response.json({ title: await opinions.title(promptOf(request)) })
  })

  router.post('/search', json(), async (request, response) => {
    const { data } = await withAttribution({ feature: 'search' }, () =>
      client.embeddings.create({ model: EMBEDDING_MODEL, input: promptOf(request) }),
    )
    response.json({ dimensions: data[0]?.embedding.length })
  })
  return router
}

function promptOf(request: Request): string {
  const prompt: unknown = request.body?.prompt
  if (typeof prompt !== 'string') throw new InvalidRequestError('no prompt')
  return prompt
}
