import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import websocket from '@fastify/websocket'
import { createAdaptorServer } from '@hono/node-server'
import Router from '@koa/router'
import { createRecorder, type Recorder } from '@quipu/core'
import Fastify from 'fastify'
import * as honoExports from 'hono'
import Koa from 'koa'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { say } from '../fixtures/applications.js'
import { closeAll, closeLater } from '../fixtures/serving.js'
import { observeFastifyRoutes, observeHono, observeKoa } from './auto.js'
import { quipuFastify } from './fastify.js'
import { quipuHono } from './hono.js'
import { quipuKoa } from './koa.js'
import { observeHttpServers } from './node-http.js'

type Serve = (adapt: Recorder | undefined) => Promise<string> | string

async function listen(server: ReturnType<typeof http2.createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const frameworks: readonly (readonly [string, Serve])[] = [
  [
    'Fastify',
    async (recorder) => {
      const app = Fastify({ http2: true })
      if (recorder !== undefined) await app.register(quipuFastify as never, { recorder })
      app.get('/users/:id', async () => 'user')
      closeLater(() => app.close())
      return app.listen({ port: 0, host: '127.0.0.1' })
    },
  ],
  [
    'Koa',
    (recorder) => {
      const app = new Koa()
      if (recorder !== undefined) app.use(quipuKoa({ recorder }) as never)
      app.use(new Router().get('/users/:id', say('user')).routes())
      return listen(http2.createServer(app.callback()))
    },
  ],
  [
    'Hono',
    (recorder) => {
      const app = new honoExports.Hono()
      if (recorder !== undefined) app.use(quipuHono({ recorder }) as never)
      app.get('/users/:id', (context) => context.text('user'))
      const server = createAdaptorServer({ fetch: app.fetch, createServer: http2.createServer as never })
      return listen(server as never)
    },
  ],
]

function countsOf(recorder: Recorder): Record<string, number | undefined> {
  const reading = recorder.readings().find(({ name }) => name === 'app_requests_total')
  return Object.fromEntries(reading?.cells().map((cell) => [cell.values.join(' '), cell.data[cell.at]]) ?? [])
}

async function drive(url: string): Promise<unknown[]> {
  const session = http2.connect(url)
  const answers: unknown[] = []
  for (const path of ['/users/1?token=secret', '/users/2', '/wp-login.php']) {
    const stream = session.request({ ':path': path })
    let body = ''
    let status: unknown
    stream.on('response', (headers) => {
      status = headers[':status']
    })
    for await (const chunk of stream) body += chunk
    answers.push([status, body])
  }
  session.close()
  return answers
}

beforeAll(() => {
  observeFastifyRoutes()
  observeKoa(Koa)
  observeHono(honoExports)
})
afterEach(closeAll)

describe.each(frameworks)('%s over HTTP/2', (_name, serve) => {
  const counts = { '/users/:id GET 200': 2, 'unmatched GET 404': 1 }

  test('its requests are counted once, by the declared template', async () => {
    const recorder = createRecorder()
    closeLater(observeHttpServers({ recorder }))
    expect(await drive(await serve(undefined))).toEqual([
      [200, 'user'],
      [200, 'user'],
      [404, expect.any(String)],
    ])
    await expect.poll(() => countsOf(recorder)).toEqual(counts)
  })

  test('its adapter counts the same for its own recorder, and changes no response', async () => {
    const bare = await drive(await serve(undefined))
    const recorder = createRecorder()
    expect(await drive(await serve(recorder))).toEqual(bare)
    await expect.poll(() => countsOf(recorder)).toEqual(counts)
  })
})

test('a WebSocket that Fastify routes is counted by its template, also a rejected one', async () => {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  const app = Fastify()
  await app.register(websocket)
  const echoes = (socket: WebSocket) => void socket.on('message', (data) => socket.send(data))
  app.get('/rooms/:room', { websocket: true } as never, echoes as never)
  closeLater(() => app.close())
  const url = (await app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')
  const client = new WebSocket(`${url}/rooms/secret`)
  const refused = new WebSocket(`${url}/none`)
  const status = new Promise((resolve) =>
    refused.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode)),
  )
  const echo = new Promise((resolve) => client.on('message', (data) => resolve(String(data))))
  client.on('open', () => client.send('hello'))
  expect([await echo, await status]).toEqual(['hello', 404])
  client.close()
  await expect.poll(() => countsOf(recorder)).toEqual({ '/rooms/:room GET 101': 1, 'unmatched GET 404': 1 })
})
