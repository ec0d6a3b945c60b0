import type { IncomingMessage } from 'node:http'
import { encode, getToken } from '@auth/core/jwt'
import { type ExpressAuthConfig, getSession } from '@auth/express'
import Credentials from '@auth/express/providers/credentials'
import { createRecorder } from '@quipu/core'
import express from 'express'
import { expressjwt, type Request as JwtRequest } from 'express-jwt'
import session from 'express-session'
import jwt from 'jsonwebtoken'
import passport from 'passport'
import { Strategy } from 'passport-local'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { type RequestMetricsOptions, requestMetrics } from '../express.js'
import { quipuNext } from '../next.js'

// The examples of the README, with the middleware that finds users in real applications.

afterEach(closeAll)

const secret = 'a key that is longer than thirty-two characters'

/** Serves `/work`, which writes a line, behind an application's own middleware; returns the users of the lines. */
async function serve(user: RequestMetricsOptions['user'], middleware: express.RequestHandler[]) {
  const recorder = createRecorder({ activityLog: true })
  const users: unknown[] = []
  recorder.onActivity((event) => users.push(event.user))
  const app = express()
  app.use(requestMetrics({ recorder, user }))
  if (middleware.length > 0) app.use(middleware)
  app.all('/work', (_request, response) => {
    recorder.trackError('timeout')
    response.send('done')
  })
  const url = await listen(app)
  const ask = async (init?: RequestInit) => {
    const response = await fetch(`${url}/work`, init)
    expect(await response.text()).toBe('done')
    return response.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  return { ask, users, recorder }
}

const withSession = () => session({ secret, resave: false, saveUninitialized: false })

test('a header', async () => {
  const { ask, users } = await serve((request: express.Request) => request.get('x-user'), [])
  await ask({ headers: { 'x-user': 'ana' } })
  await ask()
  expect(users).toEqual(['ana', null])
})

test('a session of express-session', async () => {
  const logIn: express.RequestHandler = (request, _response, next) => {
    if (request.get('x-password') === 'right') Object.assign(request.session, { userId: 'ana' })
    next()
  }
  const { ask, users } = await serve(
    (request: express.Request) => (request.session as { userId?: string } | undefined)?.userId,
    [withSession(), logIn],
  )
  const cookie = await ask({ headers: { 'x-password': 'right' } })
  await ask({ headers: { cookie } })
  await ask()
  expect(users).toEqual(['ana', 'ana', null])
})

test('the user of Passport, in the request that logs in and in those of its session', async () => {
  const users = new passport.Passport()
  users.use(new Strategy((name, password, done) => done(null, password === 'right' ? { email: name } : false)))
  users.serializeUser<string>((user, done) => done(null, (user as { email: string }).email))
  users.deserializeUser<string>((email, done) => done(null, { email }))
  const logIn: express.RequestHandler = (request, response, next) =>
    request.method === 'POST' ? users.authenticate('local')(request, response, next) : next()
  const served = await serve(
    (request: express.Request) => (request.user as { email: string } | undefined)?.email,
    [withSession(), express.urlencoded({ extended: false }), users.initialize(), users.session(), logIn],
  )
  const body = new URLSearchParams({ username: 'ana', password: 'right' })
  const cookie = await served.ask({ method: 'POST', body })
  await served.ask({ headers: { cookie } })
  await served.ask()
  expect(served.users).toEqual(['ana', 'ana', null])
})

test('a claim of a token that express-jwt has verified, and of no other', async () => {
  const verify = expressjwt({ secret, algorithms: ['HS256'], credentialsRequired: false })
  const refuse: express.ErrorRequestHandler = (_error, _request, _response, next) => next()
  const { ask, users } = await serve(
    (request: JwtRequest) => request.auth?.sub,
    [verify as express.RequestHandler, refuse as never],
  )
  for (const key of [secret, 'another key that is longer than thirty-two']) {
    await ask({ headers: { authorization: `Bearer ${jwt.sign({ sub: 'ana' }, key)}` } })
  }
  await ask()
  expect(users).toEqual(['ana', null, null])
})

test('a session of Auth.js, which is asked only for a line', async () => {
  const config: ExpressAuthConfig = { secret, trustHost: true, providers: [Credentials({})] }
  const { ask, users } = await serve(
    async (request: express.Request) => (await getSession(request, config))?.user?.email,
    [],
  )
  const name = 'authjs.session-token'
  const token = await encode({ secret, salt: name, token: { email: 'ana@example.com' } })
  await ask({ headers: { cookie: `${name}=${token}` } })
  // Lines wait for their user.
  await expect.poll(() => users).toEqual(['ana@example.com'])
  await ask()
  await expect.poll(() => users).toEqual(['ana@example.com', null])
})

test('the token of a session of Auth.js, by a request of Node as Next has it', async () => {
  const recorder = createRecorder({ activityLog: true })
  const users: unknown[] = []
  recorder.onActivity((event) => users.push(event.user))
  const user = async (request: IncomingMessage) =>
    (await getToken({ req: { headers: request.headers as Record<string, string> }, secret }))?.email
  closeLater(quipuNext({ recorder, user }))
  const url = await listen((_request, response) => {
    recorder.trackError('timeout')
    response.end()
  })
  const name = 'authjs.session-token'
  const token = await encode({ secret, salt: name, token: { email: 'ana@example.com' } })
  await fetch(url, { headers: { cookie: `${name}=${token}` } })
  await expect.poll(() => users).toEqual(['ana@example.com'])
  await fetch(url)
  await expect.poll(() => users).toEqual(['ana@example.com', null])
})
