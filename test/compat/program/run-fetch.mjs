import { serve as serveNode } from '@hono/node-server'
import { createRecorder } from '@quipu/core'
import { quipuElysia } from '@quipu/http/elysia'
import { observeFetch } from '@quipu/http/fetch'
import { quipuH3 } from '@quipu/http/h3'
import { quipuHono } from '@quipu/http/hono'
import { Elysia } from 'elysia'
import { H3 } from 'h3'
import { Hono } from 'hono'
import { createChecks, equal, ok } from './checks.mjs'

// Handlers of Request and Response behind the real servers of Bun, Deno and Node: checks counts and responses.
const { check, result } = createChecks()

/** Serves a handler with the runtime's own server. */
async function serve(handler) {
  if (globalThis.Bun !== undefined) {
    const server = globalThis.Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: handler })
    return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) }
  }
  if (globalThis.Deno === undefined) {
    const options = { fetch: (request) => handler(request), port: 0, hostname: '127.0.0.1' }
    const server = await new Promise((resolve) => {
      const listening = serveNode(options, () => resolve(listening))
    })
    return {
      url: `http://127.0.0.1:${server.address().port}`,
      close: () => new Promise((resolve) => server.close(resolve)),
    }
  }
  const server = globalThis.Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: () => undefined }, (request) =>
    handler(request),
  )
  return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() }
}

function countsOf(recorder) {
  const reading = recorder.readings().find(({ name }) => name === 'app_requests_total')
  return Object.fromEntries(reading?.cells().map((cell) => [cell.values.join(' '), cell.data[cell.at]]) ?? [])
}

/** A body in three pieces. */
function pieces() {
  let left = 3
  return new ReadableStream({
    async pull(controller) {
      await Promise.resolve()
      if (left-- === 0) controller.close()
      else controller.enqueue(new TextEncoder().encode('piece '))
    },
  })
}

function answer(request) {
  const { pathname } = new URL(request.url)
  if (pathname === '/stream') return new Response(pieces(), { headers: { 'content-type': 'text/event-stream' } })
  if (pathname.startsWith('/users/')) return Response.json({ id: pathname.slice(7) })
  return new Response('nothing', { status: 404 })
}

const routeOf = (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/stream') return pathname
  return pathname.startsWith('/users/') ? '/users/:id' : undefined
}

const applications = {
  'a bare handler': {
    make: (recorder) => observeFetch(answer, { recorder, route: routeOf }),
    bare: () => answer,
  },
  Hono: {
    make: (recorder) => honoApp(new Hono().use(quipuHono({ recorder }))).fetch,
    bare: () => honoApp(new Hono()).fetch,
  },
  Elysia: {
    make: (recorder) => elysiaApp(new Elysia().use(quipuElysia({ recorder }))).fetch,
    bare: () => elysiaApp(new Elysia()).fetch,
  },
  h3: {
    make: (recorder) => {
      const app = h3App(new H3().register(quipuH3({ recorder })))
      return (request) => app.fetch(request)
    },
    bare: () => h3App(new H3()).fetch,
  },
}

const stream = () => new Response(pieces(), { headers: { 'content-type': 'text/event-stream' } })
const honoApp = (app) => app.get('/users/:id', (c) => c.json({ id: c.req.param('id') })).get('/stream', stream)
const elysiaApp = (app) => app.get('/users/:id', ({ params }) => ({ id: params.id })).get('/stream', stream)
const h3App = (app) => app.get('/users/:id', ({ context }) => ({ id: context.params.id })).get('/stream', stream)

async function drive(handler) {
  const { url, close } = await serve(handler)
  const answers = []
  for (const path of ['/users/secret?token=secret', '/users/2', '/stream', '/wp-login.php']) {
    const response = await fetch(url + path)
    answers.push([response.status, response.headers.get('content-type'), await response.text()])
  }
  await close()
  return answers.map((each) => each.map((text) => String(text).replaceAll(url, '')))
}

for (const [name, { make, bare }] of Object.entries(applications)) {
  await check(`${name} is counted by its template and answers as it does alone`, async () => {
    const recorder = createRecorder()
    const answers = await drive(make(recorder))
    equal(answers, await drive(bare()), 'what is answered')
    equal(
      countsOf(recorder),
      { '/users/:id GET 200': 2, '/stream GET 200': 1, 'unmatched GET 404': 1 },
      'what is counted',
    )
    ok(
      !JSON.stringify(recorder.readings().map((reading) => reading.cells())).includes('secret'),
      'no content is recorded',
    )
  })
}

if (globalThis.Bun !== undefined) {
  await check("Elysia by Bun's own listen is counted by its template", async () => {
    const recorder = createRecorder()
    const app = elysiaApp(new Elysia().use(quipuElysia({ recorder }))).listen({ port: 0, hostname: '127.0.0.1' })
    await (await fetch(`http://127.0.0.1:${app.server.port}/users/secret`)).text()
    await (await fetch(`http://127.0.0.1:${app.server.port}/none`)).text()
    await app.stop(true)
    equal(countsOf(recorder), { '/users/:id GET 200': 1, 'unmatched GET 404': 1 }, 'what is counted')
  })
}

const { passed, failures } = result()
for (const failure of failures) console.log(`failed: ${failure}`)
console.log(`${passed} checks passed${failures.length > 0 ? `, ${failures.length} failed` : ''}`)
