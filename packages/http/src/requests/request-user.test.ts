import { createServer } from 'node:http'
import { node } from '@elysiajs/node'
import hapi from '@hapi/hapi'
import { serve } from '@hono/node-server'
import Router from '@koa/router'
import { createRecorder, type Recorder } from '@quipu/core'
import { Elysia } from 'elysia'
import express from 'express'
import session from 'express-session'
import Fastify from 'fastify'
import Fastify4 from 'fastify-4'
import * as h3 from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
// @ts-expect-error restify has no types.
import restify from 'restify'
import { afterEach, expect, test, vi } from 'vitest'
import { listenElysia } from '../../fixtures/fetch-applications.js'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { quipuElysia } from '../elysia.js'
import { requestMetrics } from '../express.js'
import { quipuFastify } from '../fastify.js'
import { quipuH3 } from '../h3.js'
import { quipuHapi } from '../hapi.js'
import { quipuHono } from '../hono.js'
import { quipuKoa } from '../koa.js'
import { quipuNext } from '../next.js'
import { observeHttpServers } from '../node-http.js'
import { quipuRestify } from '../restify.js'

afterEach(closeAll)

interface Recorded {
  readonly recorder: Recorder
  readonly users: readonly unknown[]
}

function recorded(): Recorded {
  const recorder = createRecorder({ activityLog: true })
  const users: unknown[] = []
  recorder.onActivity(({ user }) => users.push(user))
  return { recorder, users }
}

const later = async <T>(value: T): Promise<T> => value

function fastifyWith(make: typeof Fastify) {
  return async ({ recorder }: Recorded): Promise<string> => {
    const app = make()
    const user = (request: { headers: { 'x-user'?: string } }) => later(request.headers['x-user'])
    await app.register(quipuFastify as never, { recorder, user })
    app.post('/work', async () => {
      await later(1)
      recorder.trackError('timeout')
      return 'done'
    })
    closeLater(() => app.close())
    return app.listen({ port: 0, host: '127.0.0.1' })
  }
}

/** Reads a body as a handler without a framework does. */
async function read(body: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of body);
}

const applications: readonly (readonly [string, (recorded: Recorded) => Promise<string>])[] = [
  [
    'Express',
    ({ recorder }) => {
      const app = express()
      app.use(requestMetrics({ recorder, user: (request: express.Request) => later(request.get('x-user')) }))
      app.post('/work', express.json(), async (_request, response) => {
        await later(1)
        recorder.trackError('timeout')
        response.send('done')
      })
      return listen(app)
    },
  ],
  ['Fastify 5', fastifyWith(Fastify)],
  ['Fastify 4', fastifyWith(Fastify4 as unknown as typeof Fastify)],
  [
    'Koa',
    ({ recorder }) => {
      const app = new Koa()
      app.use(quipuKoa({ recorder, user: (context: Koa.Context) => later(context.get('x-user')) }) as never)
      const router = new Router().post('/work', async (context) => {
        await read(context.req)
        recorder.trackError('timeout')
        context.body = 'done'
      })
      return listen(app.use(router.routes()).callback())
    },
  ],
  [
    'Hono',
    ({ recorder }) => {
      const app = new Hono()
      app.use(quipuHono({ recorder, user: ({ req }) => later(req.raw.headers.get('x-user')) }) as never)
      app.post('/work', async (context) => {
        await context.req.json()
        recorder.trackError('timeout')
        return context.text('done')
      })
      return new Promise((resolve) => {
        const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
          resolve(`http://127.0.0.1:${port}`),
        )
        closeLater(() => server.close())
      })
    },
  ],
  [
    'h3',
    async ({ recorder }) => {
      const app = new h3.H3()
      app.register(quipuH3({ recorder, user: ({ req }) => later(req.headers.get('x-user')) }) as never)
      app.post('/work', async (event) => {
        await event.req.json()
        recorder.trackError('timeout')
        return 'done'
      })
      const server = h3.serve(app, { port: 0, hostname: '127.0.0.1', silent: true, gracefulShutdown: false })
      closeLater(() => server.close(true))
      await server.ready()
      return String(server.url).replace(/\/$/, '')
    },
  ],
  [
    'hapi',
    async ({ recorder }) => {
      const server = hapi.server({ port: 0, host: '127.0.0.1' })
      const user = (request: { headers: { 'x-user'?: string } }) => later(request.headers['x-user'])
      await server.register({ plugin: quipuHapi, options: { recorder, user } } as never)
      const handler = async (): Promise<string> => {
        await later(1)
        recorder.trackError('timeout')
        return 'done'
      }
      server.route({ method: 'POST', path: '/work', handler })
      closeLater(() => server.stop())
      await server.start()
      return server.info.uri
    },
  ],
  [
    'restify',
    async ({ recorder }) => {
      const server = restify.createServer()
      const observe = quipuRestify({ recorder, user: ({ headers }) => later(String(headers['x-user'])) })
      server.pre(observe).use(restify.plugins.bodyParser()).use(observe)
      server.post('/work', async (_request: unknown, response: { send(body: string): void }) => {
        await later(1)
        recorder.trackError('timeout')
        response.send('done')
      })
      closeLater(() => new Promise((resolve) => server.close(resolve)))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${server.address().port}`
    },
  ],
  [
    'Elysia',
    ({ recorder }) => {
      const app = new Elysia({ adapter: node() })
      app.use(quipuElysia({ recorder, user: ({ headers }) => later(headers.get('x-user')) }) as never)
      app.post('/work', async ({ body }) => {
        await later(body)
        recorder.trackError('timeout')
        return 'done'
      })
      return listenElysia(app)
    },
  ],
  [
    'any server of node:http',
    ({ recorder }) => {
      closeLater(observeHttpServers({ recorder, user: ({ headers }) => later(String(headers['x-user'])) }))
      return listen(async (request, response) => {
        await read(request)
        recorder.trackError('timeout')
        response.end('done')
      })
    },
  ],
  [
    'Next, which handles requests of Node',
    ({ recorder }) => {
      closeLater(quipuNext({ recorder, user: ({ headers }) => later(String(headers['x-user'])) }))
      return listen(async (request, response) => {
        await read(request)
        recorder.trackError('timeout')
        response.end('done')
      })
    },
  ],
]

test.each(applications)('%s: lines of a request name its user, also after its body was read', async (_name, start) => {
  const state = recorded()
  const url = await start(state)
  const headers = { 'x-user': 'a@example.com', 'content-type': 'application/json' }
  const response = await fetch(`${url}/work`, { method: 'POST', headers, body: '{"secret":1}' })
  expect((await response.text()).replaceAll('"', '')).toBe('done')
  await expect.poll(() => state.users).toEqual(['a@example.com'])
})

test("the user of an express-session is found when a line needs it, after the session's middleware has run", async () => {
  const { recorder, users } = recorded()
  const app = express()
  const user = vi.fn((request: express.Request) => (request.session as { user?: string } | undefined)?.user)
  app.use(requestMetrics({ recorder, user }))
  app.use(session({ secret: 'key', resave: false, saveUninitialized: false }))
  app.get('/login', (request, response) => {
    Object.assign(request.session, { user: 'b@example.com' })
    response.send('in')
  })
  app.get('/work', (_request, response) => {
    recorder.trackError('timeout')
    recorder.trackError('timeout')
    response.send('done')
  })
  const url = await listen(app)
  const cookie = (await fetch(`${url}/login`)).headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(user).not.toHaveBeenCalled()
  await (await fetch(`${url}/work`, { headers: { cookie } })).text()
  await (await fetch(`${url}/work`)).text()
  expect(users).toEqual(['b@example.com', 'b@example.com', null, null])
  expect(user).toHaveBeenCalledTimes(2)
})

test('a failed look-up changes no response', async () => {
  const { recorder, users } = recorded()
  const middleware = requestMetrics({
    recorder,
    user() {
      throw new Error('secret')
    },
  })
  const url = await listen(
    createServer((request, response) =>
      middleware(request as never, response as never, () => {
        recorder.trackError('timeout')
        response.end('done')
      }),
    ).listeners('request')[0] as never,
  )
  expect(await (await fetch(url)).text()).toBe('done')
  expect(users).toEqual([null])
})
