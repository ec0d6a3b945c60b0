import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What the model server has served, for a comparison with the page. */
export interface Served {
  /** Answers by model, whole or as a stream. */
  readonly answers: Map<string, number>
  readonly tokens: Map<string, number>
  rateLimits: number
  refusals: number
}

/** A running model server. */
export interface ModelServer {
  readonly url: string
  readonly served: Served
  close(): Promise<void>
}

interface Question {
  readonly model: string
  readonly stream?: boolean
  readonly messages: readonly { readonly content: string }[]
}

const WORDS = 'The document names three open ports and one expired certificate ; renew it and close port 22 .'.split(
  ' ',
)

/**
 * Starts a server on loopback that speaks OpenAI's protocol without a model: it plays the frames of an answer, whole or as
 * a stream. A rate limit comes before every eighth answer, and a question about everything is too long.
 *
 * @param pauseMs longest pause between two frames, in milliseconds
 */
export async function startModelServer(pauseMs: number): Promise<ModelServer> {
  const served: Served = { answers: new Map(), tokens: new Map(), rateLimits: 0, refusals: 0 }
  let asked = 0
  const server = createServer(async (request, response) => {
    const question: Question = JSON.parse(Buffer.concat(await request.toArray()).toString())
    asked++
    if (asked % 8 === 0) {
      served.rateLimits++
      return refuse(response, 429, 'rate_limit_exceeded')
    }
    if (question.messages.some(({ content }) => content.includes('everything'))) {
      served.refusals++
      return refuse(response, 400, 'context_length_exceeded')
    }
    const words = WORDS.slice(0, 6 + (asked % 11))
    const inputTokens = 20 + (asked % 7) * 30
    addTo(served.answers, question.model, 1)
    addTo(served.tokens, question.model, inputTokens + words.length)
    const answer = toAnswer(question.model, words, inputTokens)
    if (question.stream === true) return play(response, answer, words, pauseMs)
    await delay(pauseMs * words.length * Math.random())
    return send(response, 200, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    served,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function toAnswer(model: string, words: readonly string[], inputTokens: number) {
  const message = { role: 'assistant', content: words.join(' ') }
  return {
    id: 'chatcmpl-demo',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, finish_reason: 'stop', message }],
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: words.length,
      total_tokens: inputTokens + words.length,
    },
  }
}

/** Sends an answer as server-sent events: one for each word, then the usage. */
async function play(
  response: ServerResponse,
  { usage, ...answer }: ReturnType<typeof toAnswer>,
  words: readonly string[],
  pauseMs: number,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const frame = (fields: object): void => {
    response.write(
      `data: ${JSON.stringify({ ...answer, object: 'chat.completion.chunk', choices: [], ...fields })}\n\n`,
    )
  }
  await delay(3 * pauseMs * Math.random())
  for (const word of words) {
    frame({ choices: [{ index: 0, delta: { content: `${word} ` } }] })
    if (pauseMs > 0) await delay(pauseMs * Math.random())
  }
  frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  frame({ usage })
  response.end('data: [DONE]\n\n')
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.setHeader('retry-after', '0')
  send(response, status, { error: { message: 'refused', type: 'invalid_request_error', code } })
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Adds to a number of a map. */
export function addTo(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value)
}
