import { type ActivityEvent, createRecorder, defaultRecorder, type Recorder, trackError } from '@quipu/core'
import express, { type ErrorRequestHandler } from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { requestMetrics } from '../express.js'
import { quipuFastify } from '../fastify.js'
import { observeFetch } from '../fetch.js'
import { quipuHono } from '../hono.js'
import { quipuKoa } from '../koa.js'
import { reportErrors } from './report-errors.js'
import { chooseReports, reportKinds } from './report-kind.js'

let events: ActivityEvent[] = []
const stops: (() => void)[] = []

beforeAll(() => {
  defaultRecorder().configure({ activityLog: true })
  stops.push(
    reportErrors(),
    defaultRecorder().onActivity((event) => events.push(event)),
  )
})
afterEach(async () => {
  await closeAll()
  chooseReports(reportKinds)
  events = []
})
afterAll(() => {
  for (const stop of stops) stop()
  defaultRecorder().configure({ activityLog: false })
})

/** The errors that the handlers of every application throw, by path. */
const thrown: { readonly [path: string]: () => unknown } = {
  '/broken': () => new RangeError('secret'),
  '/slow': () => Object.assign(new Error('secret'), { code: 'ETIMEDOUT' }),
  '/denied': () => Object.assign(new Error('secret'), { status: 403, statusCode: 403 }),
  '/model': () => Object.assign(new Error('secret'), { status: 429, statusCode: 500, requestID: 'secret' }),
}
const fail = async (path: string): Promise<never> => {
  throw thrown[path]?.()
}
const user = (): string => 'ana'

const applications: readonly (readonly [string, (recorder: Recorder) => Promise<string>])[] = [
  [
    'Express',
    (recorder) => {
      const app = express().set('env', 'test').use(requestMetrics({ recorder, user }))
      app.get('/:path', (request) => fail(request.path))
      app.use(((error, _request, response, _next) => {
        response.status(error.statusCode ?? 500).end()
      }) as ErrorRequestHandler)
      return listen(app)
    },
  ],
  [
    'Fastify',
    async (recorder) => {
      const app = Fastify()
      await app.register(quipuFastify as never, { recorder, user })
      app.get('/:path', (request) => fail(request.url))
      closeLater(() => app.close())
      return app.listen({ port: 0, host: '127.0.0.1' })
    },
  ],
  [
    'Koa',
    (recorder) => {
      const app = new Koa()
      app.silent = true
      app.use(quipuKoa({ recorder, user }) as never).use((context) => fail(context.path))
      return listen(app.callback())
    },
  ],
]

test.each(applications)(
  '%s: an error that ends a request is one line of its user, by its type',
  async (_name, serve) => {
    const url = await serve(createRecorder())
    const statuses = []
    for (const path of ['/broken', '/slow', '/denied']) statuses.push((await fetch(url + path)).status)
    expect(statuses).toEqual([500, 500, 403])
    await expect
      .poll(() => events.map((event) => [event.event, event.user, event.fields]))
      .toEqual([
        ['error', 'ana', { error_type: 'unexpected' }],
        ['error', 'ana', { error_type: 'timeout' }],
      ])
    expect(JSON.stringify(events)).not.toContain('secret')
  },
)

test.each(applications.slice(0, 2))(
  '%s: the error of a failed model call has its line already',
  async (_name, serve) => {
    const url = await serve(createRecorder())
    expect((await fetch(`${url}/model`)).status).toBe(500)
    await fetch(`${url}/broken`)
    await expect.poll(() => events.map(({ fields }) => fields.error_type)).toEqual(['unexpected'])
  },
)

test('Hono and other handlers of fetch: the line names the user once the body was read', async () => {
  const recorder = createRecorder()
  const app = new Hono()
  app.use(quipuHono({ recorder, user }) as never)
  app.onError((_error, context) => context.text('failed', 500))
  app.get('/:path', (context) => fail(context.req.path))
  await (await app.request('/broken')).text()
  await expect(observeFetch(() => fail('/slow'), { recorder })(new Request('http://host/'))).rejects.toThrow('secret')
  expect(events.map((event) => [event.user, event.fields.error_type])).toEqual([
    ['ana', 'unexpected'],
    [null, 'timeout'],
  ])
})

test.each([
  [
    'before it is thrown',
    async (error: unknown) => {
      trackError('conflict', { error })
      throw new Error('wrapped', { cause: error })
    },
    () => undefined,
  ],
  ['by the handler of errors', (error: unknown) => Promise.reject(error), trackError],
])('an error that the application reports itself %s has one line', async (_name, handle, onError) => {
  const app = express().use(requestMetrics({ recorder: createRecorder(), user }))
  app.get('/', () => handle(new RangeError('secret')))
  app.get('/other', () => fail('/slow'))
  app.use((async (error, request, response, _next) => {
    await Promise.resolve()
    if (request.path === '/') onError('conflict', { error })
    response.status(500).end()
  }) as ErrorRequestHandler)
  const url = await listen(app)
  for (const path of ['/', '/other']) await fetch(url + path)
  await expect.poll(() => events.map(({ fields }) => fields.error_type)).toEqual(['conflict', 'timeout'])
  expect(JSON.stringify(events)).not.toContain('secret')
})

test('no line is written while errors are turned off', async () => {
  chooseReports(['sessions'])
  const [, serve] = applications[1] as (typeof applications)[number]
  const recorder = createRecorder()
  expect((await fetch(`${await serve(recorder)}/broken`)).status).toBe(500)
  expect(events).toEqual([])
})
