import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, answerTo } from './answer.js'
import { type Format, formats } from './formats.js'
import { type ModelRequest, readRequest } from './request.js'
import type { Served } from './served.js'

export interface ModelServerOptions {
  /** Default: any free port. */
  readonly port?: number
  /** Called when a request has arrived. */
  readonly onRequest?: (request: Pick<Served, 'path' | 'model' | 'attempt'>) => void
  /** Called when a request has ended. */
  readonly onServed?: (served: Served) => void
}

export interface ModelServer {
  /** For the SDK's `baseURL`. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Starts a server on loopback that implements OpenAI’s API: chat completions, completions, responses and embeddings,
 * whole and in streams, with rate limits and failures from the prompt's script.
 *
 * @example
 * const server = await startModelServer()
 * const client = new OpenAI({ baseURL: server.url, apiKey: 'none' })
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  let count = 0
  const server = createServer((request, response) => {
    count++
    serve(request, response, String(count), options).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  id: string,
  { onRequest, onServed }: ModelServerOptions,
): Promise<void> {
  let body = ''
  for await (const chunk of incoming.setEncoding('utf8')) body += String(chunk)
  const path = (incoming.url ?? '').split('?', 1)[0] ?? ''
  const retryCount = incoming.headers['x-stainless-retry-count']
  const request = readRequest(path, typeof retryCount === 'string' ? retryCount : undefined, body)
  const format = formats[path]
  if (request === null || format === undefined) {
    refuse(response, request === null ? 400 : 404, 'invalid_request_error', null)
    return
  }
  onRequest?.(request)
  const answer = answerTo(request, id)
  const account = (status: number, outcome: Served['outcome'], sent: Partial<Served> = {}): void =>
    onServed?.({
      path,
      model: request.model,
      streamed: request.stream,
      attempt: request.attempt,
      status,
      outcome,
      inputTokens: 0,
      outputTokens: 0,
      outputBytes: 0,
      toolCalls: 0,
      saidUsage: false,
      ...sent,
    })
  const { script } = answer
  if (script.delayMs !== undefined) await delay(script.delayMs)
  setLimits(response, id)
  const refusal = refusalOf(request, answer)
  if (refusal !== undefined) {
    if (refusal.status === 429) response.setHeader('x-ratelimit-remaining-requests', '0')
    refuse(response, refusal.status, refusal.type, refusal.code)
    account(refusal.status, 'refused')
    return
  }
  if (request.stream) await stream(request, response, answer, format, account)
  else {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(format.whole(request, answer)))
    const text = path === '/v1/embeddings' ? '' : answer.pieces.join('')
    account(200, 'complete', {
      inputTokens: answer.inputTokens,
      outputTokens: path === '/v1/embeddings' ? 0 : answer.outputTokens,
      outputBytes: Buffer.byteLength(text),
      toolCalls: answer.toolCalls.length,
      saidUsage: script.silent !== true,
    })
  }
}

type Account = (status: number, outcome: Served['outcome'], sent?: Partial<Served>) => void

async function stream(
  request: ModelRequest,
  response: ServerResponse,
  answer: Answer,
  format: Format,
  account: Account,
): Promise<void> {
  const { failAfter, breakAfter, hangAfter } = answer.script
  let hasLeft = false
  response.on('close', () => {
    hasLeft = !response.writableFinished
  })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let chunks = 0
  let outputBytes = 0
  let saidUsage = false
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      response.write(text, () => resolve())
    })
  for (const { event, data, text, isUsage } of format.events(request, answer)) {
    if (hasLeft) break
    if (chunks === failAfter) {
      const error = { message: 'The server had an error.', type: 'server_error', param: null, code: null }
      response.end(`event: error\ndata: ${JSON.stringify({ error })}\n\n`)
      account(200, 'failed', { outputBytes })
      return
    }
    if (chunks === breakAfter) {
      response.destroy()
      account(200, 'broken', { outputBytes })
      return
    }
    if (chunks === hangAfter) {
      await new Promise((resolve) => response.on('close', resolve))
      break
    }
    await write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
    chunks++
    outputBytes += Buffer.byteLength(text ?? '')
    saidUsage ||= isUsage === true
  }
  if (hasLeft) {
    account(200, 'left', { outputBytes })
    return
  }
  response.end(format === formats['/v1/messages'] ? '' : 'data: [DONE]\n\n')
  account(200, 'complete', {
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    outputBytes,
    toolCalls: answer.toolCalls.length,
    saidUsage,
  })
}

interface Refusal {
  readonly status: number
  readonly type: string
  readonly code: string | null
}

function refusalOf({ attempt }: ModelRequest, { script }: Answer): Refusal | undefined {
  if (script.status !== undefined) return { status: script.status, type: 'scripted', code: script.code ?? null }
  if (attempt < (script.rateLimits ?? 0)) return { status: 429, type: 'requests', code: 'rate_limit_exceeded' }
  return attempt < (script.failures ?? 0) ? { status: 500, type: 'server_error', code: null } : undefined
}

function refuse(response: ServerResponse, status: number, type: string, code: string | null): void {
  const error = { message: `Answered ${status}, as the script has it.`, type, param: null, code }
  response
    .writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' })
    .end(JSON.stringify({ error }))
}

function setLimits(response: ServerResponse, id: string): void {
  response.setHeader('x-request-id', `req_${id}`)
  for (const [kind, limit] of [
    ['requests', 500],
    ['tokens', 30_000],
  ] as const) {
    response.setHeader(`x-ratelimit-limit-${kind}`, limit)
    response.setHeader(`x-ratelimit-remaining-${kind}`, limit - 1)
    response.setHeader(`x-ratelimit-reset-${kind}`, '1s')
  }
}
