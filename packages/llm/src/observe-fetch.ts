import type { Recorder } from '@quipu/core'
import { currentAttempts } from './attempt-scope.js'
import type { AttemptResponse, Attempts } from './attempts.js'
import { replaceMethod } from './replace-method.js'
import { at, type Callable, isCallable, isShape } from './shape.js'

/** Watches a client's `fetch` for the attempts of observed calls; arguments, response and errors stay what they are. */
export function observeFetch(recorder: Recorder, client: object): void {
  replaceMethod(client, 'fetch', (fetch): Callable => {
    return function (this: unknown, ...args) {
      const attempts = currentAttempts()
      if (attempts === undefined) return Reflect.apply(fetch, this, args)
      recorder.guard('llm_attempt', () => attempts.begin())
      const result = Reflect.apply(fetch, this, args)
      return result instanceof Promise ? follow(recorder, attempts, result) : result
    }
  })
}

function follow(recorder: Recorder, attempts: Attempts, result: Promise<unknown>): Promise<unknown> {
  return result.then(
    (response) => {
      recorder.guard('llm_attempt', () => {
        const answer = toAnswer(response)
        if (answer !== undefined) attempts.answered(answer)
      })
      return response
    },
    (error) => {
      recorder.guard('llm_attempt', () => attempts.failed(error))
      throw error
    },
  )
}

function toAnswer(response: unknown): AttemptResponse | undefined {
  const status = at(response, 'status')
  const headers = at(response, 'headers')
  const get = at(headers, 'get')
  if (typeof status !== 'number' || !isShape(headers) || !isCallable(get)) return undefined
  return {
    status,
    header: (name) => {
      const value = get.call(headers, name)
      return typeof value === 'string' ? value : null
    },
  }
}
