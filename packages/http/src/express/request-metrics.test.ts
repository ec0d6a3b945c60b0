import type { IncomingMessage } from 'node:http'
import { get, request } from 'node:http'
import express from 'express'
import { afterEach, describe, expect, test } from 'vitest'

import { createProbe, type Express, versions } from '../../fixtures/express-probe.js'
import { closeAll, listen } from '../../fixtures/serving.js'
import { requestMetrics } from './request-metrics.js'

afterEach(closeAll)

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
    const url = await listen(app)
    const response = await fetch(`${url}/users/42?full=1`)
    expect(await response.json()).toEqual({ id: '42' })
    expect(await settled(1)).toEqual({ '/users/:id GET 200': 1 })
    expect(recorder.value('app_request_duration_seconds', { endpoint: '/users/:id', method: 'GET' })).toMatchObject({
      count: 1,
      sum: 0.25,
    })
    expect(recorder.value('app_errors_total', { endpoint: '/users/:id', error_type: 'client_error' })).toBe(0)
  })

  test('counts requests without a matching route as unmatched, for any number of paths', async () => {
    const { settled, recorder } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    const api = express.Router()
    api.get('/known', (_req, res) => void res.send('ok'))
    app.use('/api', api)
    const url = await listen(app)
    for (const path of ['/wp-login.php', '/api/none', '/api/known/less', '/%7Btenant%7D']) {
      await (await fetch(url + path)).text()
    }
    expect(await settled(4)).toEqual({ 'unmatched GET 404': 4 })
    expect(recorder.value('app_errors_total', { endpoint: 'unmatched', error_type: 'client_error' })).toBe(4)
  })

  test('a client that disconnects within its body is counted as 499, although the handler that reads it fails', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use(express.text())
    const url = await listen(app)
    const headers = { 'content-type': 'text/plain', expect: '100-continue' }
    const sent = request(url, { method: 'POST', headers }, () => undefined)
    sent.on('error', () => undefined)
    sent.on('continue', () => sent.write('hello', () => sent.destroy()))
    sent.flushHeaders()
    expect(await settled(1)).toEqual({ 'unmatched POST 499': 1 })
  })

  test('a list or an expression as path is one series for any requested paths', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get(['/first', '/second/:id'], (_req, res) => void res.send('ok'))
    app.get(/^\/files\/(.+)$/, (_req, res) => void res.send('ok'))
    const url = await listen(app)
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
    const url = await listen(app)
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
    const url = await listen(app)
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
    const url = await listen(app)
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
    const url = await listen(app)
    await (await fetch(url)).text()
    await (await fetch(url)).text()
    expect(await settled(2)).toEqual({ '/ GET 200': 2 })
  })

  test('requests on one connection, HEAD and a refused upload are each counted', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.get('/page', (_req, res) => void res.send('ok'))
    app.post('/upload', (_req, res) => void res.status(413).send('too large'))
    const url = await listen(app)
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
  const url = await listen(app)
  await expect(fetch(`${url}/half`).then((response) => response.text())).rejects.toThrow()
  expect(await settled(1)).toEqual({ '/half GET 500': 1 })
})
