import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import Router from '@koa/router'
import { createRecorder, type Recorder } from '@quipu/core'
import express, { type ErrorRequestHandler } from 'express'
// @ts-expect-error Express 4 has no types here; they are the same but for what no test touches.
import express4 from 'express-4'
import Fastify from 'fastify'
import Fastify4 from 'fastify-4'
import * as honoExports from 'hono'
import Koa from 'koa'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { observeExpress, observeFastifyRoutes, observeHono, observeKoa } from './auto.js'
import { requestMetrics } from './express.js'
import { quipuFastify } from './fastify.js'
import { quipuHono } from './hono.js'
import { quipuKoa } from './koa.js'
import { observeHttpServers } from './node-http.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Where an application is served, with the adapter of its framework or with nothing. */
type Serve = (adapt: Recorder | undefined) => Promise<string>

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  closing.push(() => server.closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const boom = (): never => {
  throw new Error('boom')
}

function serveExpress(make: typeof express): Serve {
  return (recorder) => {
    const app = make()
    app.set('env', 'test')
    if (recorder !== undefined) app.use(requestMetrics({ recorder }))
    const shop = make.Router({ mergeParams: true })
    shop.get('/items/:item', (_req, res) => void res.send('item'))
    app.get('/users/:id', (_req, res) => void res.send('user'))
    app.post('/users/:id', (_req, res) => void res.status(201).send('made'))
    app.use('/shops/:shop', shop)
    app.get('/404', (_req, res) => void res.send('page'))
    app.get('/fail', boom)
    app.use(((_error, _req, res, _next) => void res.status(500).send('failed')) as ErrorRequestHandler)
    return listen(app)
  }
}

/** A Koa handler that answers with a text. */
const say = (text: string) => (context: { body: unknown }) => {
  context.body = text
}

function serveFastify(make: typeof Fastify): Serve {
  return async (recorder) => {
    const app = make()
    if (recorder !== undefined) await app.register(quipuFastify as never, { recorder })
    app.get('/users/:id', async () => 'user')
    app.post('/users/:id', (_request, reply) => void reply.code(201).send('made'))
    await app.register(async (shop) => void shop.get('/items/:item', async () => 'item'), { prefix: '/shops/:shop' })
    app.get('/404', async () => 'page')
    app.get('/fail', boom)
    closing.push(() => app.close())
    return app.listen({ port: 0, host: '127.0.0.1' })
  }
}

const serveKoa: Serve = (recorder) => {
  const app = new Koa()
  app.silent = true
  if (recorder !== undefined) app.use(quipuKoa({ recorder }) as never)
  const router = new Router()
  router.get('/users/:id', say('user'))
  router.post('/users/:id', (context) => {
    context.status = 201
    context.body = 'made'
  })
  router.get('/404', say('page'))
  router.get('/fail', boom)
  const shop = new Router({ prefix: '/shops/:shop' })
  shop.get('/items/:item', say('item'))
  app.use(router.routes()).use(shop.routes())
  return listen(app.callback())
}

const serveHono: Serve = (recorder) => {
  const app = new honoExports.Hono()
  if (recorder !== undefined) app.use(quipuHono({ recorder }) as never)
  app.use('/users/*', (_context, next) => next())
  app.get('/users/:id', (context) => context.text('user'))
  app.post('/users/:id', (context) => context.text('made', 201))
  app.get('/404', (context) => context.text('page'))
  app.get('/fail', boom)
  app.onError((_error, context) => context.text('failed', 500))
  const shop = new honoExports.Hono()
  shop.get('/items/:item', (context) => context.text('item'))
  app.route('/shops/:shop', shop)
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    )
    closing.push(() => new Promise((done) => server.close(done)))
  })
}

const frameworks: readonly (readonly [string, Serve])[] = [
  ['Express 5', serveExpress(express)],
  ['Express 4', serveExpress(express4 as typeof express)],
  ['Fastify 5', serveFastify(Fastify)],
  ['Fastify 4', serveFastify(Fastify4 as unknown as typeof Fastify)],
  ['Koa 3', serveKoa],
  ['Hono 4', serveHono],
]

function countsOf(recorder: Recorder): Record<string, number | undefined> {
  const reading = recorder.readings().find(({ name }) => name === 'app_requests_total')
  return Object.fromEntries(reading?.cells().map((cell) => [cell.values.join(' '), cell.data[cell.at]]) ?? [])
}

/** What is asked of every application, and how it is counted. */
const requests = [
  ['GET', '/users/1?token=secret'],
  ['GET', '/users/2'],
  ['POST', '/users/7'],
  ['GET', '/shops/s1/items/i1'],
  ['GET', '/404'],
  ['GET', '/fail'],
  ['GET', '/users/1/none'],
  ['GET', '/wp-login.php'],
] as const
const counts = {
  '/users/:id GET 200': 2,
  '/users/:id POST 201': 1,
  '/shops/:shop/items/:item GET 200': 1,
  '/404 GET 200': 1,
  '/fail GET 500': 1,
  'unmatched GET 404': 2,
}

async function drive(url: string): Promise<unknown[]> {
  const answers = []
  for (const [method, path] of requests) {
    const response = await fetch(url + path, { method })
    const { status, headers } = response
    answers.push([status, await response.text(), headers.get('content-type'), headers.get('content-length')])
  }
  return answers
}

beforeAll(() => {
  observeFastifyRoutes()
  expect([express, express4].map(observeExpress)).toEqual([true, true])
  expect([observeKoa(Koa), observeHono(honoExports)]).toEqual([true, true])
})

describe.each(frameworks)('%s', (_name, serveApp) => {
  test('its requests are counted once, by the template as it was declared, without a change to it', async () => {
    const recorder = createRecorder()
    closing.push(observeHttpServers({ recorder }))
    await drive(await serveApp(undefined))
    await expect.poll(() => countsOf(recorder)).toEqual(counts)
  })

  test('its adapter counts the same for a recorder of its own, and changes no answer', async () => {
    const bare = await drive(await serveApp(undefined))
    const recorder = createRecorder()
    expect(await drive(await serveApp(recorder))).toEqual(bare)
    await expect.poll(() => countsOf(recorder)).toEqual(counts)
  })

  test('the adapter and the observer below count a request once for one recorder', async () => {
    const recorder = createRecorder()
    closing.push(observeHttpServers({ recorder }))
    await drive(await serveApp(recorder))
    await expect.poll(() => countsOf(recorder)).toEqual(counts)
  })
})

test.each([
  ['Fastify', Fastify],
  ['Fastify 4', Fastify4 as unknown as typeof Fastify],
])('the pages of a Quipu are served within %s, and not counted', async (_name, make) => {
  const { recorder, handler } = pages()
  const app = make()
  await app.register(quipuFastify as never, { quipu: { recorder, handler } })
  app.get('/users/:id', async () => 'user')
  closing.push(() => app.close())
  await expectPages(await app.listen({ port: 0, host: '127.0.0.1' }), recorder)
})

test('the pages of a Quipu are served within Koa, and not counted', async () => {
  const { recorder, handler } = pages()
  const app = new Koa()
  app.use(quipuKoa({ quipu: { recorder, handler } }) as never)
  app.use(new Router().get('/users/:id', say('user')).routes())
  await expectPages(await listen(app.callback()), recorder)
})

test('the pages of a Quipu are served within Hono, and not counted', async () => {
  const quipu = pages()
  const app = new honoExports.Hono()
  app.use(quipuHono({ quipu }) as never)
  app.get('/users/:id', (context) => context.text('user'))
  const text = async (path: string) => (await app.request(path)).text()
  await text('/users/1')
  expect(await text('/custom_metrics')).toBe('the page')
  expect(countsOf(quipu.recorder)).toEqual({ '/users/:id GET 200': 1 })
})

/** As much of a Quipu as adapters use, with a page that is easily told. */
function pages() {
  const handler = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (request.url === '/custom_metrics') response.end('the page')
    else next()
  }
  return { recorder: createRecorder(), handler, fetch: async () => new Response('the page') }
}

async function expectPages(url: string, recorder: Recorder): Promise<void> {
  await (await fetch(`${url}/users/1`)).text()
  await expect.poll(() => countsOf(recorder)).toEqual({ '/users/:id GET 200': 1 })
  expect(await (await fetch(`${url}/custom_metrics`)).text()).toBe('the page')
  expect(countsOf(recorder)).toEqual({ '/users/:id GET 200': 1 })
}
