import { trackError } from '@quipu/sdk'
import type { NextFunction, Request, Response } from 'express'
import { APIError } from 'openai'
import { CorruptDocumentError } from './analysis.js'

/** An invalid request. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError'
}

/** Responds to known errors; Express responds to all others. */
export function errorAnswers(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const status = statusOf(error)
  if (response.headersSent || status === undefined) {
    next(error)
    return
  }
  // A failed model call has already been reported.
  if (!(error instanceof APIError)) trackError('validation')
  response.status(status).json({ error: 'sorry' })
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof APIError) return error.status === 429 ? 429 : 502
  return error instanceof CorruptDocumentError || error instanceof InvalidRequestError ? 422 : undefined
}
