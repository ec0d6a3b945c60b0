import cookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import { createRecorder } from '@quipu/core'
import express from 'express'
import session from 'express-session'
import Fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { instrument } from './instrument.js'

afterEach(closeAll)

type Serve = (store: session.MemoryStore) => Promise<string>
const secret = 'a key that is longer than thirty-two characters'

const serveExpress: Serve = (store) => {
  const app = express()
  app.use(session({ store, secret, resave: false, saveUninitialized: false }))
  app.get('/login', (request, response) => {
    Object.assign(request.session, { user: 'secret' })
    response.send('in')
  })
  app.get('/logout', (request, response) => request.session.destroy(() => void response.send('out')))
  return listen(app)
}

const serveFastify: Serve = async (store) => {
  const app = Fastify()
  await app.register(cookie)
  await app.register(fastifySession, {
    store: store as never,
    secret,
    cookie: { secure: false },
    saveUninitialized: false,
  })
  app.get('/login', async (request) => {
    Object.assign(request.session, { user: 'secret' })
    return 'in'
  })
  app.get('/logout', async (request) => {
    await request.session.destroy()
    return 'out'
  })
  closeLater(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}

test.each([
  ['express-session', serveExpress],
  ['@fastify/session', serveFastify],
])('%s: stored sessions are active until they are destroyed, each once', async (_name, serve) => {
  const recorder = createRecorder()
  const store = new session.MemoryStore()
  expect(instrument(instrument(store, { recorder }), { recorder })).toBe(store)
  const url = await serve(store)
  const active = (): unknown => {
    const cells = recorder
      .readings()
      .find(({ name }) => name === 'app_active_sessions')
      ?.cells()
    return cells?.[0]?.data[cells[0].at]
  }
  const ask = async (path: string, of = ''): Promise<string> => {
    const response = await fetch(url + path, { headers: { cookie: of } })
    await response.text()
    return response.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  const first = await ask('/login')
  const second = await ask('/login')
  await ask('/login', first)
  expect(active()).toBe(2)
  await ask('/logout', first)
  expect(active()).toBe(1)
  await ask('/logout', second)
  expect(active()).toBe(0)
  const kept = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  for (const id of ['secret', first, second]) expect(kept).not.toContain(id)
})
