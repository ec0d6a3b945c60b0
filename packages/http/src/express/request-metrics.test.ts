import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer, get, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import express from 'express'
// @ts-expect-error Express 4 has no types here; for what the tests use they equal those of Express 5.
import express4 from 'express-4'
import { afterEach, describe, expect, test } from 'vitest'

import { requestMetrics } from './request-metrics.js'

type Express = typeof express
const versions: readonly (readonly [string, Express])[] = [
  ['Express 5', express],
  ['Express 4', express4 as Express],
]

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Resolves when the server has reported this number of requests, or fails with its reports. */
function createProbe() {
  const recorder = createTestRecorder()
  const requests = () =>
    Object.fromEntries(
      recorder
        .readings()
        .filter(({ name }) => name === 'app_requests_total')
        .flatMap((reading) => reading.cells().map((cell) => [cell.values.join(' '), cell.data[cell.at]])),
    )
  const total = (): number => Object.values(requests()).reduce((sum: number, count) => sum + (count ?? 0), 0)
  return {
    recorder,
    requests,
    async settled(count: number) {
      await expect.poll(total, { interval: 2 }).toBe(count)
      return requests()
    },
  }
}

describe.each(versions)('%s', (version, express) => {
  const quiet = (app: ReturnType<Express>) => app.set('env', 'test')

  test('counts a request by its template, its method and its status', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get('/users/:id', (req, res) => {
      recorder.clock.advanceMs(250)
      res.json({ id: req.params.id })
    })
    const url = await serve(app)
    const response = await fetch(`${url}/users/42?full=1`)
    expect(await response.json()).toEqual({ id: '42' })
    expect(await settled(1)).toEqual({ '/users/:id GET 200': 1 })
    expect(recorder.value('app_request_duration_seconds', { endpoint: '/users/:id', method: 'GET' })).toMatchObject({
      count: 1,
      sum: 0.25,
    })
    expect(recorder.value('app_errors_total', { endpoint: '/users/:id', error_type: 'client_error' })).toBe(0)
  })

  test('finds the template in nested routers whose mount paths have parameters, also when the handler throws', async () => {
    const { recorder, settled } = createProbe()
    const items = express.Router({ mergeParams: true })
    items.get('/items/:id', (_req, res) => void res.send('ok'))
    items.get('/broken/:id', () => {
      throw new Error('secret')
    })
    items.get('/later/:id', (_req, _res, next) => void setImmediate(() => next(new Error('secret'))))
    const tenants = express.Router()
    tenants.use('/shops/:shop', items)
    tenants.get('/', (_req, res) => void res.send('ok'))
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/api/:tenant', tenants)
    const url = await serve(app)
    const paths = [
      '/api/t1',
      '/api/t1/shops/s1/items/1',
      '/api/t2/shops/s2/items/2',
      '/api/shops/shops/api/items/3',
      '/api/t1/shops/s1/broken/1',
      '/api/t1/shops/s1/later/1',
    ]
    for (const path of paths) await (await fetch(url + path)).text()
    expect(await settled(6)).toEqual({
      '/api/:tenant GET 200': 1,
      '/api/:tenant/shops/:shop/items/:id GET 200': 3,
      '/api/:tenant/shops/:shop/broken/:id GET 500': 1,
      '/api/:tenant/shops/:shop/later/:id GET 500': 1,
    })
    expect(
      recorder.value('app_errors_total', {
        endpoint: '/api/:tenant/shops/:shop/broken/:id',
        error_type: 'server_error',
      }),
    ).toBe(1)
  })

  test('finds the template in an application that is mounted in another', async () => {
    const { recorder, settled } = createProbe()
    const admin = express()
    admin.get('/reports/:year', (_req, res) => void res.send('ok'))
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/admin/:area', admin)
    const url = await serve(app)
    await (await fetch(`${url}/admin/north/reports/2026`)).text()
    expect(await settled(1)).toEqual({ '/admin/:area/reports/:year GET 200': 1 })
  })

  test('counts requests without a matching route as unmatched, whatever their number of paths', async () => {
    const { settled, recorder } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    const api = express.Router()
    api.get('/known', (_req, res) => void res.send('ok'))
    app.use('/api', api)
    const url = await serve(app)
    for (const path of ['/wp-login.php', '/api/none', '/api/known/less', '/%7Btenant%7D']) {
      await (await fetch(url + path)).text()
    }
    expect(await settled(4)).toEqual({ 'unmatched GET 404': 4 })
    expect(recorder.value('app_errors_total', { endpoint: 'unmatched', error_type: 'client_error' })).toBe(4)
  })

  test('names a mounted handler that responds without a route by its mount path', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/graphql', (_req, res) => void res.json({}))
    app.use((_req, res) => void res.status(401).end())
    const url = await serve(app)
    await (await fetch(`${url}/graphql/anything`)).text()
    await (await fetch(`${url}/elsewhere`)).text()
    expect(await settled(2)).toEqual({ '/graphql GET 200': 1, 'unmatched GET 401': 1 })
  })

  test('a mounted handler that fails is counted by its mount path where the router publishes errors', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/graphql/:tenant', (_req, _res, next) => void setImmediate(() => next(new Error('secret'))))
    app.use((_req, _res, next) => next(Object.assign(new Error('secret'), { status: 404 })))
    const url = await serve(app)
    await (await fetch(`${url}/graphql/t1`)).text()
    await (await fetch(`${url}/elsewhere`)).text()
    const endpoint = version === 'Express 5' ? '/graphql/:tenant' : 'unmatched'
    expect(await settled(2)).toEqual({ [`${endpoint} GET 500`]: 1, 'unmatched GET 404': 1 })
  })

  test('a client that disconnects within its body is counted as 499, though the handler that reads it fails', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use(express.text())
    const url = await serve(app)
    const headers = { 'content-type': 'text/plain', expect: '100-continue' }
    const sent = request(url, { method: 'POST', headers }, () => undefined)
    sent.on('error', () => undefined)
    sent.on('continue', () => sent.write('hello', () => sent.destroy()))
    sent.flushHeaders()
    expect(await settled(1)).toEqual({ 'unmatched POST 499': 1 })
  })

  test('a list or an expression as path is one series, whatever paths are requested', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get(['/first', '/second/:id'], (_req, res) => void res.send('ok'))
    app.get(/^\/files\/(.+)$/, (_req, res) => void res.send('ok'))
    const url = await serve(app)
    for (const path of ['/second/1', '/second/2', '/files/a', '/files/b/c']) await (await fetch(url + path)).text()
    const list = version === 'Express 5' ? '/second/:id' : '/first|/second/:id'
    expect(await settled(4)).toEqual({ [`${list} GET 200`]: 2, '/^\\/files\\/(.+)$/ GET 200': 2 })
  })

  test('a client that disconnects during a stream is counted once, as 499', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get('/events', (_req, res) => {
      res.set('content-type', 'text/event-stream')
      res.write('data: 1\n\n')
    })
    const url = await serve(app)
    const stop = new AbortController()
    const response = await fetch(`${url}/events`, { signal: stop.signal })
    await response.body?.getReader().read()
    stop.abort()
    expect(await settled(1)).toEqual({ '/events GET 499': 1 })
    expect(recorder.value('app_errors_total', { endpoint: '/events', error_type: 'client_error' })).toBe(1)
  })

  test('the duration ends with the body', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get('/events', (_req, res) => {
      res.write('data: 1\n\n')
      setImmediate(() => {
        recorder.clock.advanceMs(3000)
        res.end('data: 2\n\n')
      })
    })
    const url = await serve(app)
    await (await fetch(`${url}/events`)).text()
    await settled(1)
    expect(recorder.value('app_request_duration_seconds', { endpoint: '/events', method: 'GET' })).toMatchObject({
      sum: 3,
    })
  })

  test('requests for the pages, and only those, are not counted', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get(['/metrics', '/custom_metrics', '/metrics/daily', '/metrics2'], (_req, res) => void res.send('ok'))
    const url = await serve(app)
    for (const path of ['/metrics', '/custom_metrics?name[]=x', '/metrics/daily', '/metrics2']) {
      await (await fetch(url + path)).text()
    }
    expect(Object.values(await settled(2)).reduce((sum, count) => (sum ?? 0) + (count ?? 0), 0)).toBe(2)
  })

  test('used twice, it counts each request once', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use(requestMetrics({ recorder }))
    app.get('/', (_req, res) => void res.send('ok'))
    const url = await serve(app)
    await (await fetch(url)).text()
    await (await fetch(url)).text()
    expect(await settled(2)).toEqual({ '/ GET 200': 2 })
  })

  test('adds no property to the request', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    const seen: PropertyKey[] = []
    app.use(requestMetrics({ recorder }))
    app.get('/users/:id', (req, res) => {
      seen.push(...Reflect.ownKeys(req).filter((key) => String(key).includes('quipu')))
      res.send('ok')
    })
    const url = await serve(app)
    await (await fetch(`${url}/users/42`)).text()
    await settled(1)
    expect(seen).toEqual([])
  })

  test('an application behaves the same with and without it', async () => {
    const observations = []
    for (const instrumented of [false, true]) {
      const seen: unknown[] = []
      const app = quiet(express())
      if (instrumented) app.use(requestMetrics({ recorder: createProbe().recorder }))
      const router = express.Router({ mergeParams: true })
      router.param('id', (req, _res, next, id) => {
        seen.push(['param', id, req.baseUrl])
        next()
      })
      router.get('/:id', (req, res) => {
        const child = Object.create(req)
        child.params = { own: true }
        seen.push([
          req.baseUrl,
          { ...req.params },
          req.route?.path,
          req.url,
          Object.hasOwn(req, 'params'),
          child.params,
        ])
        req.params = { replaced: 'yes' } as never
        seen.push([{ ...req.params }, Object.keys(req).includes('baseUrl')])
        res.set('x-own', '1').status(201).send('body')
      })
      router.get('/:id/next', (_req, _res, next) => next('router'))
      app.use('/api/:tenant', router)
      app.use((req, res) => {
        seen.push([req.baseUrl, { ...req.params }, req.url])
        res.status(404).send('none')
      })
      const errors = (_error: Error, _req: unknown, res: ServerResponse, _next: () => void): void =>
        void res.end('error')
      app.use(errors as never)
      const url = await serve(app)
      for (const path of ['/api/t1/7', '/api/t1/7/next', '/nothing', '/%zz']) {
        const response = await fetch(url + path, { headers: { connection: 'close' } })
        const { date: _date, ...headers } = Object.fromEntries(response.headers)
        seen.push([response.status, headers, await response.text()])
      }
      observations.push(seen)
    }
    expect(observations[1]).toEqual(observations[0])
  })

  test('a broken recorder breaks no request', async () => {
    const { recorder } = createProbe()
    const broken = Object.create(recorder, {
      observeRequest: {
        value: () => {
          throw new Error('broken')
        },
      },
      guard: {
        value: (_site: string, fn: () => unknown) => {
          try {
            return fn()
          } catch {
            return undefined
          }
        },
      },
    })
    const app = quiet(express())
    app.use(requestMetrics({ recorder: broken }))
    app.get('/', (_req, res) => void res.send('ok'))
    const url = await serve(app)
    expect(await (await fetch(url)).text()).toBe('ok')
  })

  test('requests on one connection, HEAD and a refused upload are each counted', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get('/page', (_req, res) => void res.send('ok'))
    app.post('/upload', (_req, res) => void res.status(413).send('too large'))
    const url = await serve(app)
    await new Promise<void>((resolve) => get(`${url}/page`, (res: IncomingMessage) => res.resume().on('end', resolve)))
    await (await fetch(`${url}/page`, { method: 'HEAD' })).text()
    await new Promise<void>((resolve) => {
      const upload = request(`${url}/upload`, { method: 'POST' }, (res) => res.resume().on('end', resolve))
      upload.on('error', () => resolve())
      upload.end('x'.repeat(100_000))
    })
    expect(await settled(3)).toEqual({ '/page GET 200': 1, '/page HEAD 200': 1, '/upload POST 413': 1 })
  })
})

test('a handler that fails during its response is a server error, not a disconnected client', async () => {
  const { recorder, settled } = createProbe()
  const app = express().set('env', 'test')
  app.use(requestMetrics({ recorder }))
  app.get('/half', (_req, res) => {
    res.write('first half')
    throw new Error('secret')
  })
  const url = await serve(app)
  await expect(fetch(`${url}/half`).then((response) => response.text())).rejects.toThrow()
  expect(await settled(1)).toEqual({ '/half GET 500': 1 })
})
