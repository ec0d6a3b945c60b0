import { createServer } from 'node:http'
import { connect } from 'node:net'
import process from 'node:process'
import Router from '@koa/router'
import { Controller, Get, Module, Param, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createRecorder } from '@quipu/core'
import { requestMetrics } from '@quipu/http/express'
import { quipuFastify } from '@quipu/http/fastify'
import { quipuKoa } from '@quipu/http/koa'
import { quipuNest } from '@quipu/http/nest'
import { observeHttpServers } from '@quipu/http/node-http'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import 'reflect-metadata'
import { createChecks, equal, ok } from './checks.mjs'
import { countsOf } from './fetch-applications.mjs'

// Bun, Deno and Node: each adapter alone counts the requests of its framework on `node:http`.
const { check, result } = createChecks()

const body = 'x'.repeat(1000)

/** Answers in two pieces, or never ends. */
function stream(request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('first')
  if (!request.url.endsWith('open')) setImmediate(() => response.end('last'))
}

async function listening(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: server.address().port, close: () => server.close().closeAllConnections() }
}

const servers = {
  express(recorder) {
    const app = express().use(requestMetrics({ recorder }))
    app.get('/users/:id', (_request, response) => response.type('text').send(body))
    app.get('/stream', stream)
    return listening(createServer(app))
  },
  async fastify(recorder) {
    const app = fastify()
    await app.register(quipuFastify, { recorder })
    app.get('/users/:id', async (_request, reply) => reply.type('text/plain').send(body))
    app.get('/stream', (request, reply) => {
      reply.hijack()
      stream(request.raw, reply.raw)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: app.server.address().port, close: () => app.server.close().closeAllConnections() }
  },
  koa(recorder) {
    const router = new Router()
    router.get('/users/:id', (context) => {
      context.body = body
    })
    router.get('/stream', (context) => {
      context.respond = false
      stream(context.req, context.res)
    })
    return listening(createServer(new Koa().use(quipuKoa({ recorder })).use(router.routes()).callback()))
  },
  async nest(recorder) {
    class Users {
      find() {
        return body
      }
      stream(response) {
        stream(response.req, response)
      }
    }
    Param('id')(Users.prototype, 'find', 0)
    Get('users/:id')(Users.prototype, 'find', Object.getOwnPropertyDescriptor(Users.prototype, 'find'))
    Res()(Users.prototype, 'stream', 0)
    Get('stream')(Users.prototype, 'stream', Object.getOwnPropertyDescriptor(Users.prototype, 'stream'))
    Controller()(Users)
    class App {}
    Module({ controllers: [Users] })(App)
    const app = await NestFactory.create(App, { logger: false })
    quipuNest(app, { recorder })
    await app.listen(0, '127.0.0.1')
    const server = app.getHttpServer()
    return { port: server.address().port, close: () => server.close().closeAllConnections() }
  },
  'node:http'(recorder) {
    observeHttpServers({ recorder })
    return listening(
      createServer((request, response) => {
        if (request.url.startsWith('/stream')) stream(request, response)
        else response.writeHead(request.url.startsWith('/users') ? 200 : 404).end(body)
      }),
    )
  },
}

/** Leaves a stream after its first piece. */
function leave(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /stream?open HTTP/1.1\r\nHost: host\r\n\r\n'))
    socket.on('data', () => socket.destroy())
    socket.on('error', () => undefined)
    socket.on('close', resolve)
  })
}

/** The sum of the sizes of responses, by endpoint and method. */
function sizesOf(recorder) {
  const reading = recorder.readings().find(({ name }) => name === 'http.server.response.body.size')
  const at = (name) => reading.labelNames.indexOf(name)
  const sums = {}
  for (const { values, data, at: start } of reading?.cells() ?? []) {
    const key = `${values[at('http.route')]} ${values[at('http.request.method')]}`
    sums[key] = (sums[key] ?? 0) + data[start]
  }
  return sums
}

for (const [name, serve] of Object.entries(servers)) {
  await check(`${name} is counted by its template, with sizes and outcomes`, async () => {
    const recorder = createRecorder()
    const { port, close } = await serve(recorder)
    const base = `http://127.0.0.1:${port}`
    equal(await (await fetch(`${base}/users/secret?token=secret`)).text(), body, 'the body')
    await fetch(`${base}/users/2`, { method: 'HEAD' })
    equal(await (await fetch(`${base}/stream`)).text(), 'firstlast', 'the stream')
    equal((await fetch(`${base}/wp-login.php`).then((each) => each.text().then(() => each))).status, 404)
    await leave(port)
    const user = name === 'node:http' ? 'unmatched' : '/users/:id'
    const streams = name === 'node:http' ? 'unmatched' : '/stream'
    const expected = {}
    for (const key of [
      `${user} GET 200`,
      `${user} HEAD 200`,
      `${streams} GET 200`,
      `${streams} GET 499`,
      'unmatched GET 404',
    ]) {
      expected[key] = (expected[key] ?? 0) + 1
    }
    for (let i = 0; i < 100 && !isEqual(countsOf(recorder), expected); i++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    equal(countsOf(recorder), expected, 'what is counted')
    if (name !== 'node:http') equal(sizesOf(recorder)['/users/:id GET'], body.length, 'the size of the body')
    const recorded = JSON.stringify(
      recorder.readings().flatMap((reading) => reading.cells().map((cell) => cell.values)),
    )
    ok(!recorded.includes('secret'), 'no content is recorded')
    close()
  })
}

function isEqual(a, b) {
  return Object.keys({ ...a, ...b }).every((key) => a[key] === b[key])
}

const { passed, failures } = result()
for (const failure of failures) console.log(`failed: ${failure}`)
console.log(`${passed} checks passed, ${failures.length} failed`)
process.exit(failures.length === 0 ? 0 : 1)
