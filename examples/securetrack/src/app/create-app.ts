import { requestMetrics } from '@quipu/http/express'
import type { Quipu } from '@quipu/sdk'
import express, { type Express } from 'express'
import type { Accounts } from './accounts.js'
import { type ChatParts, chat } from './chat.js'
import { documents } from './documents.js'
import { errorAnswers } from './error-answers.js'
import type { ObjectStore } from './object-store.js'
import { signedIn, signIn } from './sign-in.js'

export interface AppParts extends ChatParts {
  readonly quipu: Quipu
  readonly accounts: Accounts
  readonly store: ObjectStore
}

/** Creates the application, which measures its requests and serves both pages on its own port, as documented. */
export function createApp({ quipu, accounts, store, ...parts }: AppParts): Express {
  const app = express()
  // Failures are counted; the console of an example need not repeat them.
  app.set('env', 'test')
  app.use(requestMetrics())
  app.use(quipu.handler)
  app.use(signIn(accounts))
  app.use('/workspaces/:workspace', signedIn(accounts), documents(store, parts.llm))
  app.get('/crash', () => {
    throw new RangeError('an unexpected failure')
  })
  app.use('/assistant', signedIn(accounts), chat(parts))
  app.use(errorAnswers)
  return app
}
