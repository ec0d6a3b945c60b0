import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import Router from '@koa/router'
import { createRecorder } from '@quipu/core'
import Koa from 'koa'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { valuesOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from '../node/observe-http-servers.js'
import { observeKoa } from './observe-koa.js'

afterEach(closeAll)

const respond: { readonly [how: string]: (context: Koa.Context) => void } = {
  'writes to the response': (context) => {
    context.respond = false
    context.res.writeHead(200)
    const timer = setInterval(() => context.res.write('tick'), 1)
    closeLater(() => clearInterval(timer))
  },
  'responds with a stream': (context) => {
    const body = new PassThrough()
    const timer = setInterval(() => body.write('tick'), 1)
    closeLater(() => clearInterval(timer))
    context.body = body
  },
}

test.each(Object.entries(respond))(
  'a client that leaves is not an error of a Koa application that %s',
  async (_how, stream) => {
    const recorder = createRecorder()
    closeLater(observeHttpServers({ recorder }))
    expect(observeKoa(Koa)).toBe(true)
    const app = new Koa()
    app.silent = true
    app.use(new Router().get('/ticks', stream).routes())
    const { port } = new URL(await listen(app.callback()))
    const client = connect(Number(port), '127.0.0.1')
    client.write('GET /ticks HTTP/1.1\r\nHost: local\r\n\r\n')
    client.once('data', () => client.resetAndDestroy())
    await expect.poll(() => valuesOf(recorder, 'app_requests_total')).toEqual({ '/ticks GET 499': 1 })
  },
)

test('a stream of a Koa application that fails is an error, although its response has begun', async () => {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  const app = new Koa()
  app.silent = true
  const stream = (context: Koa.Context) => {
    const body = new PassThrough()
    body.write('tick')
    context.body = body
    context.res.once('pipe', () => setImmediate(() => body.destroy(new RangeError())))
  }
  app.use(new Router().get('/ticks', stream).routes())
  await fetch(`${await listen(app.callback())}/ticks`)
    .then((response) => response.text())
    .catch(() => undefined)
  await expect.poll(() => valuesOf(recorder, 'app_requests_total')).toEqual({ '/ticks GET 500': 1 })
})
