import { withUser } from '@quipu/sdk'
import { json, type RequestHandler, type Response, Router } from 'express'
import type { Accounts } from './accounts.js'
import { InvalidRequestError } from './error-answers.js'

/** Registration, login and logout. */
export function signIn(accounts: Accounts): Router {
  const router = Router()
  router.post('/register', json(), (request, response) => {
    const { user, password } = credentialsOf(request.body)
    response.sendStatus(accounts.register(user, password) ? 201 : 409)
  })
  router.post('/login', json(), (request, response) => {
    const { user, password } = credentialsOf(request.body)
    const token = accounts.login(user, password)
    if (token === undefined) response.sendStatus(401)
    else response.json({ token })
  })
  router.post('/logout', signedIn(accounts), (request, response) => {
    accounts.logout(tokenOf(request.headers.authorization))
    response.sendStatus(204)
  })
  return router
}

/** Accepts signed-in users only; the rest of the request runs with that user. */
export function signedIn(accounts: Accounts): RequestHandler {
  return (request, response, next) => {
    const user = accounts.userOf(tokenOf(request.headers.authorization))
    if (user === undefined) {
      response.sendStatus(401)
      return
    }
    response.locals.user = user
    withUser(user, () => next())
  }
}

/** Returns the signed-in user. */
export function userOf(response: Response): string {
  return String(response.locals.user)
}

function tokenOf(authorization: string | undefined): string {
  return authorization?.replace(/^Bearer /, '') ?? ''
}

function credentialsOf(body: unknown): { user: string; password: string } {
  if (typeof body !== 'object' || body === null) throw new InvalidRequestError('no credentials')
  const { user, password } = { user: undefined, password: undefined, ...body } as Record<string, unknown>
  if (typeof user !== 'string' || typeof password !== 'string') throw new InvalidRequestError('no credentials')
  return { user, password }
}
