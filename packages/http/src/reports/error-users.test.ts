import { createRequire } from 'node:module'
import { node } from '@elysiajs/node'
import hapi from '@hapi/hapi'
import Router from '@koa/router'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { type ActivityEvent, defaultRecorder, withUser } from '@quipu/core'
import * as elysiaExports from 'elysia'
import express, { type ErrorRequestHandler } from 'express'
// @ts-expect-error Express 4 has no types here; for what the tests use they equal those of Express 5.
import express4 from 'express-4'
import Fastify from 'fastify'
import * as h3Exports from 'h3'
import * as h3Of1 from 'h3-1'
import * as honoExports from 'hono'
import Koa from 'koa'
// @ts-expect-error restify has no types.
import restify from 'restify'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { listenElysia, serveFetch, serveHonoApp } from '../../fixtures/fetch-applications.js'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
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
  reportErrors,
} from '../auto.js'
import { observeHttpServers } from '../node-http.js'

let events: ActivityEvent[] = []
const stops: (() => void)[] = []
const require = createRequire(import.meta.url)

beforeAll(() => {
  observeFastifyRoutes()
  for (const each of [express, express4, createRequire(require.resolve('@nestjs/platform-express'))('express')]) {
    observeExpress(each)
  }
  observeNest(require('@nestjs/core/exceptions/exceptions-handler.js'))
  observeKoa(Koa)
  observeHapi(hapi)
  observeRestify(restify)
  for (const each of [h3Exports, h3Of1]) observeH3(each)
  observeHono(honoExports)
  observeElysia(elysiaExports)
  defaultRecorder().configure({ activityLog: true })
  stops.push(
    observeHttpServers(),
    reportErrors(),
    defaultRecorder().onActivity((event) => events.push(event)),
  )
})
afterEach(async () => {
  await closeAll()
  events = []
})
afterAll(() => {
  for (const stop of stops) stop()
  defaultRecorder().configure({ activityLog: false })
})

class StockError extends Error {
  readonly code = 'ETIMEDOUT'
}

/** The handler of each application, which fails after it has waited for something. */
async function fail(): Promise<never> {
  await new Promise(setImmediate)
  throw new StockError('secret')
}

const asAna = <T>(next: () => T): T => withUser('ana', next)

function serveExpress(make: typeof express): Promise<string> {
  const app = make().set('env', 'test')
  app.use((_request, _response, next) => asAna(next))
  app.get('/fail', (_request, _response, next) => void fail().catch(next))
  app.use(((_error, _request, response, _next) => void response.status(500).end()) as ErrorRequestHandler)
  return listen(app)
}

async function serveNest(adapter: ExpressAdapter | FastifyAdapter): Promise<string> {
  class Site {}
  class SiteModule {}
  Object.defineProperty(Site.prototype, 'fail', { value: fail, configurable: true })
  Get('fail')(Site.prototype, 'fail', { value: fail })
  Controller()(Site)
  Module({ controllers: [Site] })(SiteModule)
  const app = await NestFactory.create(SiteModule, adapter as never, { logger: false })
  app.use((_request: unknown, _response: unknown, next: () => void) => asAna(next))
  closeLater(() => app.close())
  await app.listen(0, '127.0.0.1')
  return app.getUrl()
}

/** Applications whose own code sets the user, each as its framework documents code around handlers. */
const applications: readonly (readonly [string, () => Promise<string>])[] = [
  ['Express', () => serveExpress(express)],
  ['Express 4', () => serveExpress(express4)],
  [
    'Fastify',
    () => {
      const app = Fastify()
      app.addHook('onRequest', (_request, _reply, done) => asAna(done))
      app.get('/fail', fail)
      closeLater(() => app.close())
      return app.listen({ port: 0, host: '127.0.0.1' })
    },
  ],
  [
    'Koa',
    () => {
      const app = new Koa()
      app.silent = true
      app.use((_context, next) => asAna(next))
      app.use(new Router().get('/fail', fail).routes())
      return listen(app.callback())
    },
  ],
  [
    'restify',
    async () => {
      const server = restify.createServer()
      server.use((_request: unknown, _response: unknown, next: () => void) => asAna(next))
      server.get('/fail', (_request: unknown, _response: unknown, next: (error: unknown) => void) => {
        fail().catch(next)
      })
      closeLater(() => new Promise((resolve) => server.close(resolve)))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${server.address().port}`
    },
  ],
  ['Nest on Express', () => serveNest(new ExpressAdapter())],
  ['Nest on Fastify', () => serveNest(new FastifyAdapter())],
  [
    'hapi',
    async () => {
      const server = hapi.server({ port: 0, host: '127.0.0.1', debug: false })
      server.route({ method: 'GET', path: '/fail', handler: () => asAna(fail) })
      closeLater(() => server.stop())
      await server.start()
      return server.info.uri
    },
  ],
  [
    'Hono',
    () => {
      const app = new honoExports.Hono()
      app.use((_context, next) => asAna(next))
      app.onError((_error, context) => context.text('failed', 500))
      app.get('/fail', fail)
      return serveHonoApp(app)
    },
  ],
  [
    'Hono without middleware',
    () =>
      serveHonoApp(
        new honoExports.Hono()
          .onError((_error, context) => context.text('failed', 500))
          .get('/fail', () => asAna(fail)),
      ),
  ],
  [
    'Elysia',
    () => {
      const app = new elysiaExports.Elysia({ adapter: node() })
      app.get('/fail', () => asAna(fail))
      return listenElysia(app)
    },
  ],
  [
    'Elysia with a hook for errors',
    () => {
      const app = new elysiaExports.Elysia({ adapter: node() })
      app.onError(({ error, set }) => {
        set.status = 500
        return error instanceof StockError ? 'stock' : 'failed'
      })
      app.get('/fail', () => asAna(fail))
      return listenElysia(app)
    },
  ],
  [
    'h3',
    () => {
      const app = new h3Exports.H3({ silent: true })
      app.use((_event, next) => asAna(next))
      app.get('/fail', fail)
      return serveFetch(app)
    },
  ],
]

test.each(applications)(
  '%s: the line of an error names the user that the application has set',
  async (_name, serve) => {
    const url = await serve()
    expect((await fetch(`${url}/fail`)).status).toBe(500)
    await expect
      .poll(() => events.map((event) => [event.event, event.user, event.fields]))
      .toEqual([['error', 'ana', { error_type: 'timeout' }]])
    expect(JSON.stringify(events)).not.toContain('secret')
  },
)
