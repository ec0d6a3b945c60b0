import { trackError } from '@quipu/sdk'
import type { NextFunction, Request, Response } from 'express'
import { APIError } from 'openai'
import { CorruptDocumentError } from './analysis.js'

/** A request that asks for something that cannot be. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError'
}

/** Answers errors that have an answer; all others are Express's to answer. */
export function errorAnswers(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const status = statusOf(error)
  if (response.headersSent || status === undefined) {
    next(error)
    return
  }
  // A model call that failed has said so itself.
  if (!(error instanceof APIError)) trackError('validation')
  response.status(status).json({ error: 'sorry' })
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof APIError) return error.status === 429 ? 429 : 502
  return error instanceof CorruptDocumentError || error instanceof InvalidRequestError ? 422 : undefined
}
