import { connect } from 'node:net'
import Router from '@koa/router'
import { createRecorder } from '@quipu/core'
import Koa from 'koa'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { valuesOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from '../node/observe-http-servers.js'
import { observeKoa } from './observe-koa.js'

afterEach(closeAll)

test('a client that resets its connection within a stream is not an error of a Koa application', async () => {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  expect(observeKoa(Koa)).toBe(true)
  const app = new Koa()
  app.silent = true
  const stream = (context: Koa.Context) => {
    context.respond = false
    context.res.writeHead(200)
    const timer = setInterval(() => context.res.write('tick'), 1)
    closeLater(() => clearInterval(timer))
  }
  app.use(new Router().get('/ticks', stream).routes())
  const { port } = new URL(await listen(app.callback()))
  const client = connect(Number(port), '127.0.0.1')
  client.write('GET /ticks HTTP/1.1\r\nHost: local\r\n\r\n')
  client.once('data', () => client.resetAndDestroy())
  await expect.poll(() => valuesOf(recorder, 'app_requests_total')).toEqual({ '/ticks GET 499': 1 })
})
