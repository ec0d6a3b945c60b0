import { serve as serveNode } from '@hono/node-server'
import { createRecorder } from '@quipu/core'
import { quipuElysia } from '@quipu/http/elysia'
import { observeHttpServers } from '@quipu/http/node-http'
import { Elysia } from 'elysia'
import { createChecks, equal, ok } from './checks.mjs'
import { applications, countsOf, stream } from './fetch-applications.mjs'
import { expectedCounts, paths } from './fetch-requests.mjs'

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

async function drive(handler) {
  const { url, close } = await serve(handler)
  const answers = []
  for (const path of paths) {
    const response = await fetch(url + path)
    answers.push([response.status, response.headers.get('content-type'), await response.text()])
  }
  await close()
  return answers.map((each) => each.map((text) => String(text).replaceAll(url, '')))
}

const elysiaApp = (app) => app.get('/users/:id', ({ params }) => ({ id: params.id })).get('/stream', stream)
const elysia = {
  make: (recorder) => elysiaApp(new Elysia().use(quipuElysia({ recorder }))).fetch,
  bare: () => elysiaApp(new Elysia()).fetch,
}

for (const [name, { make, bare }] of Object.entries({ ...applications, Elysia: elysia })) {
  await check(`${name} is counted by its template and answers as it does alone`, async () => {
    const recorder = createRecorder()
    const answers = await drive(make(recorder))
    equal(answers, await drive(bare()), 'what is answered')
    equal(countsOf(recorder), expectedCounts, 'what is counted')
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

/** A handler without an adapter, whose error the server's own handler of errors responds to. */
const failing = (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/fail') throw new Error('secret')
  return pathname === '/typed' ? Response.json({ id: 'secret' }) : new Response('none', { status: 404 })
}
const teapot = () => new Response('no tea', { status: 418 })

/** Sends requests to a server that `observeHttpServers` sees, until all are counted. */
async function countObserved(serveObserved, requests) {
  const recorder = createRecorder()
  const stop = observeHttpServers({ recorder })
  const { url, close } = await serveObserved()
  for (const [method, path] of requests) await (await fetch(url + path, { method })).text()
  await close()
  stop()
  return countsOf(recorder)
}

if (globalThis.Bun !== undefined) {
  await check('routes of Bun.serve are counted as declared, errors with the response to them', async () => {
    const routes = {
      '/users/:id': (request) => Response.json({ id: request.params.id }),
      '/items/:id': { GET: failing, POST: () => Response.json({}) },
      '/static': new Response('static'),
    }
    const serveRoutes = () => {
      const server = globalThis.Bun.serve({ port: 0, hostname: '127.0.0.1', routes, error: teapot, fetch: failing })
      server.reload({ routes, error: teapot, fetch: failing })
      return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) }
    }
    const requests = [
      ['GET', '/users/secret'],
      ['POST', '/items/secret'],
      ['GET', '/items/secret'],
      ['GET', '/static'],
      ['GET', '/fail'],
      ['GET', '/typed'],
    ]
    const expected = {
      '/users/:id GET 200': 1,
      '/items/:id POST 200': 1,
      '/items/:id GET 404': 1,
      'unmatched GET 418': 1,
      'unmatched GET 200': 1,
    }
    equal(await countObserved(serveRoutes, requests), expected, 'what is counted')
  })
}

if (globalThis.Deno !== undefined) {
  await check('Deno.serve is counted without an adapter, errors with the response to them', async () => {
    const serveObserved = () => {
      const options = { port: 0, hostname: '127.0.0.1', onListen: () => undefined, onError: teapot }
      const server = globalThis.Deno.serve({ ...options, handler: failing })
      return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() }
    }
    const requests = [
      ['GET', '/fail'],
      ['GET', '/typed'],
      ['GET', '/none'],
    ]
    const expected = { 'unmatched GET 418': 1, 'unmatched GET 200': 1, 'unmatched GET 404': 1 }
    equal(await countObserved(serveObserved, requests), expected, 'what is counted')
  })
}

const { passed, failures } = result()
for (const failure of failures) console.log(`failed: ${failure}`)
console.log(`${passed} checks passed${failures.length > 0 ? `, ${failures.length} failed` : ''}`)
