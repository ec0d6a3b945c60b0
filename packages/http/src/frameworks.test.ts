import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import hapi from '@hapi/hapi'
import Router from '@koa/router'
import { createRecorder, type Recorder } from '@quipu/core'
import * as elysiaExports from 'elysia'
import express from 'express'
// @ts-expect-error Express 4 has no types here; for what the tests use they equal those of Express 5.
import express4 from 'express-4'
import Fastify from 'fastify'
import Fastify4 from 'fastify-4'
import * as h3Exports from 'h3'
import * as h3Of1 from 'h3-1'
import * as honoExports from 'hono'
import Koa from 'koa'
// @ts-expect-error Koa 2 has no types here; for what the tests use they equal those of Koa 3.
import Koa2 from 'koa-2'
// @ts-expect-error restify has no types.
import restify from 'restify'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { frameworks, say } from '../fixtures/applications.js'
import { serveFetch } from '../fixtures/fetch-applications.js'
import { serveNest } from '../fixtures/nest-application.js'
import { boom, closeAll, closeLater, listen } from '../fixtures/serving.js'
import { valuesOf } from '../fixtures/values-of.js'
import {
  observeElysia,
  observeExpress,
  observeFastifyRoutes,
  observeH3,
  observeHapi,
  observeHono,
  observeKoa,
  observeNest,
  observeRestify,
  replaceNodeListener,
} from './auto.js'
import { quipuElysia } from './elysia.js'
import { quipuFastify } from './fastify.js'
import { quipuH3 } from './h3.js'
import { quipuHapi } from './hapi.js'
import { quipuHono } from './hono.js'
import { quipuKoa } from './koa.js'
import { observeHttpServers } from './node-http.js'
import { quipuRestify } from './restify.js'

afterEach(closeAll)

const countsOf = (recorder: Recorder) => valuesOf(recorder, 'app_requests_total')

/** The requests to every application, and how they are counted. */
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
    // Some responses contain the requested address.
    const text = (await response.text()).replaceAll(url, '')
    answers.push([status, text, headers.get('content-type'), headers.get('content-length')])
  }
  return answers
}

beforeAll(() => {
  observeFastifyRoutes()
  // Nest has its own Express.
  const ofNest: unknown = createRequire(createRequire(import.meta.url).resolve('@nestjs/platform-express'))('express')
  expect([express, express4, ofNest].map(observeExpress)).toEqual([true, true, true])
  expect([Koa, Koa2].map(observeKoa)).toEqual([true, true])
  expect([observeHono(honoExports), observeH3(h3Exports), observeH3(h3Of1)]).toEqual([true, true, true])
  expect(observeNest(createRequire(import.meta.url)('@nestjs/core/exceptions/exceptions-handler.js'))).toBe(true)
  expect([observeHapi(hapi), observeElysia(elysiaExports), observeRestify(restify)]).toEqual([true, true, true])
})

/** The `error.type` of failed requests: the class of the error. */
const errorTypesOf = (recorder: Recorder): unknown[] =>
  Object.keys(valuesOf(recorder, 'http.server.request.duration'))
    .filter((series) => series.startsWith('GET 500 '))
    .map((series) => series.split(' ').at(-1))
describe.each(frameworks)('%s', (_name, serveApp, written) => {
  const expected = Object.fromEntries(Object.entries(counts).map(([shape, count]) => [written(shape), count]))

  test('its requests are counted once, by the declared template, without changing the application', async () => {
    const recorder = createRecorder()
    closeLater(observeHttpServers({ recorder }))
    await drive(await serveApp(undefined))
    await expect.poll(() => countsOf(recorder)).toEqual(expected)
    expect(errorTypesOf(recorder)).toEqual(['RangeError'])
    expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('secret')
  })

  test('its adapter counts the same for its own recorder, and changes no response', async () => {
    const bare = await drive(await serveApp(undefined))
    const recorder = createRecorder()
    expect(await drive(await serveApp(recorder))).toEqual(bare)
    await expect.poll(() => countsOf(recorder)).toEqual(expected)
    expect(errorTypesOf(recorder)).toEqual(['RangeError'])
  })

  test('the adapter and the observer of all servers count a request once per recorder', async () => {
    const recorder = createRecorder()
    closeLater(observeHttpServers({ recorder }))
    await drive(await serveApp(recorder))
    await expect.poll(() => countsOf(recorder)).toEqual(expected)
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
  closeLater(() => app.close())
  await expectPages(await app.listen({ port: 0, host: '127.0.0.1' }), recorder)
})

test('the pages of a Quipu are served within Koa, and not counted', async () => {
  const { recorder, handler } = pages()
  const app = new Koa()
  app.use(quipuKoa({ quipu: { recorder, handler } }) as never)
  app.use(new Router().get('/users/:id', say('user')).routes())
  await expectPages(await listen(app.callback()), recorder)
})

test('the pages of a Quipu are served within hapi, and not counted', async () => {
  const { recorder, handler } = pages()
  const server = hapi.server({ port: 0, host: '127.0.0.1' })
  await server.register({ plugin: quipuHapi, options: { quipu: { recorder, handler } } } as never)
  server.route({ method: 'GET', path: '/users/{id}', handler: () => 'user' })
  closeLater(() => server.stop())
  await server.start()
  await expectPages(server.info.uri, recorder, '/users/{id}')
})

test('a request to hapi whose client disconnects before the response is counted by its template', async () => {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  const server = hapi.server({ port: 0, host: '127.0.0.1' })
  const leave = new AbortController()
  const handler = (): Promise<never> => {
    leave.abort()
    return new Promise(() => undefined)
  }
  server.route({ method: 'GET', path: '/users/{id}', handler })
  closeLater(() => server.stop({ timeout: 0 }))
  await server.start()
  await fetch(`${server.info.uri}/users/1`, { signal: leave.signal }).catch(() => undefined)
  await expect.poll(() => countsOf(recorder)).toEqual({ '/users/{id} GET 499': 1 })
})

test('the pages of a Quipu are served within restify, and not counted', async () => {
  const { recorder, handler } = pages()
  const server = restify.createServer()
  server.pre(quipuRestify({ quipu: { recorder, handler } }))
  server.get('/users/:id', (_request: unknown, response: { send(body: string): void }, next: () => void) => {
    response.send('user')
    next()
  })
  closeLater(() => new Promise((resolve) => server.close(resolve)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await expectPages(`http://127.0.0.1:${server.address().port}`, recorder)
})

test('the pages of a Quipu are served within Elysia, and not counted; its requests last until the body was read', async () => {
  const quipu = pages()
  const app = new elysiaExports.Elysia().use(quipuElysia({ quipu })).get('/users/:id', () => 'user')
  const ask = async (path: string, init?: RequestInit) =>
    (await app.handle(new Request(`http://host${path}`, init))).text()
  await ask('/users/1?token=secret')
  await ask('/users/1/', { method: 'HEAD' })
  await ask('/wp-login.php')
  expect(await ask('/custom_metrics')).toBe('the page')
  expect(countsOf(quipu.recorder)).toEqual({
    '/users/:id GET 200': 1,
    '/users/:id HEAD 200': 1,
    'unmatched GET 404': 1,
  })
})

test('routes of h3 1, and of its nested routers, are named by its events', async () => {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  const shop = h3Of1.createRouter().get(
    '/shops/:shop/items/:item',
    h3Of1.eventHandler(() => 'item'),
  )
  const router = h3Of1
    .createRouter()
    .get(
      '/users/:id',
      h3Of1.eventHandler(() => 'user'),
    )
    .use('/shops/**', shop.handler)
  const url = await listen(h3Of1.toNodeListener(h3Of1.createApp().use(router)))
  for (const path of ['/users/1?token=secret', '/shops/s/items/1', '/none']) await (await fetch(url + path)).text()
  await expect
    .poll(() => countsOf(recorder))
    .toEqual({ '/users/:id GET 200': 1, '/shops/:shop/items/:item GET 200': 1, 'unmatched GET 404': 1 })
})

test('errors of h3 1 have their class, and it handles them as without', async () => {
  // h3 prints unhandled errors.
  const printed = vi.spyOn(console, 'error').mockReturnValue()
  closeLater(() => printed.mockRestore())
  const serve = async (toNodeListener: typeof h3Of1.toNodeListener) => {
    const seen: unknown[] = []
    const onError = (error: Error & { unhandled?: boolean }) => void seen.push(error.message, error.unhandled)
    const app = h3Of1.createApp({ onError }).use(
      '/missing',
      h3Of1.eventHandler(() => Promise.reject(h3Of1.createError({ statusCode: 404 }))),
    )
    app.use('/', h3Of1.eventHandler(boom))
    const url = await listen(toNodeListener(app))
    for (const path of ['/missing', '/x']) seen.push(await (await fetch(url + path)).text())
    return seen
  }
  const bare = await serve(h3Of1.toNodeListener)
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  const noting = replaceNodeListener('toNodeListener', h3Of1.toNodeListener, h3Of1) as typeof h3Of1.toNodeListener
  expect(await serve(noting)).toEqual(bare)
  await expect.poll(() => countsOf(recorder)).toEqual({ 'unmatched GET 404': 1, 'unmatched GET 500': 1 })
  expect(errorTypesOf(recorder)).toEqual(['RangeError'])
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

test('the pages of a Quipu are served within h3 on Node, and not counted', async () => {
  const quipu = pages()
  const app = new h3Exports.H3().register(quipuH3({ quipu }) as never).get('/users/:id', () => 'user')
  await expectPages(await serveFetch(app), quipu.recorder)
})

test('h3 without a server counts by the template when the body was read, and serves the pages', async () => {
  const quipu = pages()
  const app = new h3Exports.H3().register(quipuH3({ quipu }) as never).get('/users/:id', () => 'user')
  const ask = async (path: string) => (await app.fetch(new Request(`http://host${path}`))).text()
  expect(await ask('/users/1?token=secret')).toBe('user')
  expect(await ask('/custom_metrics')).toBe('the page')
  await ask('/wp-login.php')
  expect(countsOf(quipu.recorder)).toEqual({ '/users/:id GET 200': 1, 'unmatched GET 404': 1 })
})

test.each(['Express', 'Fastify'] as const)(
  'the pages of a Quipu are served within Nest on %s, and not counted',
  async (on) => {
    const { recorder, handler } = pages()
    await expectPages(await serveNest(on, { quipu: { recorder, handler } }), recorder)
  },
)

/** The parts of a Quipu that adapters use, with a recognisable page. */
function pages() {
  const handler = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    // Rendering a page takes a while.
    if (request.url === '/custom_metrics') setImmediate(() => response.end('the page'))
    else next()
  }
  return { recorder: createRecorder(), handler, fetch: async () => new Response('the page') }
}

async function expectPages(url: string, recorder: Recorder, route = '/users/:id'): Promise<void> {
  await (await fetch(`${url}/users/1`)).text()
  await expect.poll(() => countsOf(recorder)).toEqual({ [`${route} GET 200`]: 1 })
  expect(await (await fetch(`${url}/custom_metrics`)).text()).toBe('the page')
  expect(countsOf(recorder)).toEqual({ [`${route} GET 200`]: 1 })
}
