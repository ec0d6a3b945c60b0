import { createServer, type Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Recorder } from '@quipu/core'
import { observeFetch } from '@quipu/http/fetch'

/** A route of the application: its template, and its handler. */
interface Route {
  readonly template: string
  readonly pattern: RegExp
  run(request: Request): Promise<string>
}

/**
 * The application of the demonstration: documents that are uploaded, found, summarized and discussed. It calls its
 * models with `fetch`; for Quipu it only adds the names of its features and actions.
 */
export function createApplication(recorder: Recorder, modelUrl: string): Server {
  const routes = createRoutes(recorder, modelUrl)
  const routeOf = (request: Request) =>
    routes.find(({ pattern }) => pattern.test(`${request.method} ${new URL(request.url).pathname}`))
  const answer = observeFetch(
    async (request: Request) => {
      const route = routeOf(request)
      if (route === undefined) return new Response('not found', { status: 404 })
      try {
        const user = request.headers.get('x-user')
        return new Response(await recorder.withUser(user ?? 'visitor', () => route.run(request)))
      } catch {
        return new Response('failed', { status: 502 })
      }
    },
    { recorder, route: (request) => routeOf(request)?.template },
  )
  return createServer(async (incoming, response) => {
    const body = Buffer.concat(await incoming.toArray())
    const init = { method: incoming.method ?? 'GET', headers: { 'x-user': String(incoming.headers['x-user'] ?? '') } }
    const url = `http://${incoming.headers.host}${incoming.url}`
    const answered = await answer(new Request(url, incoming.method === 'POST' ? { ...init, body } : init))
    response.writeHead(answered.status).end(await answered.text())
  })
}

function createRoutes(recorder: Recorder, modelUrl: string): readonly Route[] {
  const ask = (model: string, content: string, stream = false) => askModel(modelUrl, model, content, stream)
  return [
    {
      template: '/chat',
      pattern: /^POST \/chat$/,
      run: async (request) => recorder.withFeature('chat', async () => ask('gpt-5-mini', await request.text(), true)),
    },
    {
      template: '/documents/:id/summary',
      pattern: /^POST \/documents\/\w+\/summary$/,
      run: () =>
        recorder.withFeature('summary', async () => {
          await recorder.withToolCall('read_document', () => work('a document'))
          return ask('claude-sonnet-4-5', 'Summarize the document.')
        }),
    },
    {
      template: '/documents/:id',
      pattern: /^GET \/documents\/\w+$/,
      run: () => work('a document'),
    },
    {
      template: '/documents',
      pattern: /^POST \/documents$/,
      async run(request) {
        const { byteLength } = await request.arrayBuffer()
        recorder.trackFileUpload({ sizeBytes: byteLength, contentType: 'application/pdf' })
        recorder.trackUserAction('document_upload')
        await recorder.withFeature('tagging', () => ask('llama-3.3-70b', 'Tag the document.'))
        return 'kept'
      },
    },
    {
      template: '/search',
      pattern: /^POST \/search$/,
      run: () =>
        recorder.withFeature('search', () => recorder.withToolCall('search_documents', () => work('three documents'))),
    },
    {
      template: '/reports',
      pattern: /^POST \/reports$/,
      run: () => recorder.withUserAction('export_report', () => work('a report')),
    },
    {
      template: '/sign-in',
      pattern: /^POST \/sign-in$/,
      async run(request) {
        const isRight = (await request.text()) === 'right'
        if (isRight) recorder.trackUserLogin()
        else recorder.trackAuthFailure('invalid_credentials')
        if (isRight) recorder.trackSessionStart(request.headers.get('x-user') ?? undefined)
        return isRight ? 'welcome' : 'no'
      },
    },
  ]
}

/** Takes some milliseconds, like a database or a file. */
function work(result: string): Promise<string> {
  return delay(2 + 30 * Math.random() ** 3, result)
}

/** Asks a model, and again if it is rate-limited; throws when the model refuses. */
async function askModel(url: string, model: string, content: string, stream: boolean): Promise<string> {
  const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content }] })
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const text = await response.text()
    if (response.ok) return text
    if (response.status !== 429 || attempt === 3) throw new Error(`the model server answered ${response.status}`)
  }
}
