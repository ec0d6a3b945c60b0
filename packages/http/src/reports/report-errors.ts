import { AsyncResource } from 'node:async_hooks'
import { isObject } from '@quipu/catalog/builtin'
import { defaultRecorder, describeError, isModelFailure, isReportedError, keepErrorUsers } from '@quipu/core'
import { sharedRequests } from '../requests/request-registry.js'
import { isChosen } from './report-kind.js'

/**
 * Reports each error that ends a request with status 500 or more as an activity event `error`, on behalf of the request's user:
 * by its type, never its message. A failed model call has its own event, as
 * has an error that the application reports itself.
 * @returns a function that stops it; neither throws
 */
export function reportErrors(): () => void {
  const asUserOf = keepErrorUsers()
  sharedRequests().reportError = (error) => {
    if (!isChosen('errors') || isOfModelClient(error)) return undefined
    const { type } = describeError(error)
    const report = (): void => {
      // Handlers of errors may report it themselves until the end.
      if (!isReportedError(error)) defaultRecorder().trackError(type === 'unknown' ? 'unexpected' : type)
    }
    // The user of the request is known where the error is thrown, and the status at the end.
    return asUserOf(error, () => AsyncResource.bind(report))
  }
  return () => {
    delete sharedRequests().reportError
  }
}

/** Properties of the errors of OpenAI's and Anthropic's clients, of AWS, of the AI SDK and its retries. */
const CLIENT_PROPERTIES = ['requestID', '$metadata', 'requestBodyValues', 'lastError']

/** Other clients are recognised by the failure of their call. */
function isOfModelClient(error: unknown): boolean {
  const isFailure = isModelFailure(error)
  return isFailure || (isObject(error) && CLIENT_PROPERTIES.some((name) => name in error))
}
