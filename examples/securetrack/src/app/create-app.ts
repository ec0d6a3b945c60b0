import { requestMetrics } from '@quipu/http/express'
import type { Quipu, UsageMetrics } from '@quipu/sdk'
import express, { type Express } from 'express'
import type OpenAI from 'openai'
import type { Accounts } from './accounts.js'
import type { Assistant } from './assistant.js'
import { chat } from './chat.js'
import { documents } from './documents.js'
import { errorAnswers } from './error-answers.js'
import type { LLMService } from './llm-service.js'
import type { ObjectStore } from './object-store.js'
import { signedIn, signIn } from './sign-in.js'

export interface AppParts {
  readonly quipu: Quipu
  readonly usage: UsageMetrics
  readonly accounts: Accounts
  readonly store: ObjectStore
  readonly client: OpenAI
  readonly llm: LLMService
  readonly assistant: Assistant
}

/** The application, with its requests measured and both pages on its own port, as the document has it (S7). */
export function createApp({ quipu, usage, accounts, store, client, llm, assistant }: AppParts): Express {
  const app = express()
  // What fails is counted; the console of an example need not repeat it.
  app.set('env', 'test')
  app.use(requestMetrics())
  app.use(quipu.handler)
  app.use(signIn(accounts))
  app.use('/workspaces/:workspace', signedIn(accounts), documents(store, llm))
  app.get('/crash', () => {
    throw new RangeError('nobody expects this')
  })
  app.use('/assistant', signedIn(accounts), chat(assistant, llm, client, usage))
  app.use(errorAnswers)
  return app
}
