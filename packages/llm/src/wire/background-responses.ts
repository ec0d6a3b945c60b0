import type { Attempt, AttemptStore } from './attempt.js'

/** Most responses that are remembered; the oldest are forgotten. */
const MAX_RESPONSES = 1000

/**
 * Responses that go on in the background (OpenAI's `background: true`). The call of one is counted when a request brings its
 * answer, and once, however often that is asked for. The request may be made by another process than the one that started
 * the response.
 */
export class BackgroundResponses implements AttemptStore {
  /** The attempt that started a response; undefined when its answer was counted. */
  readonly #attempts = new Map<string, Attempt | undefined>()

  hold(id: string, attempt: Attempt): void {
    this.#set(id, attempt)
  }

  take(id: string, open: () => Attempt): Attempt | undefined {
    const isKnown = this.#attempts.has(id)
    const started = this.#attempts.get(id)
    this.#set(id, undefined)
    if (isKnown && started === undefined) return undefined
    if (started?.call.isInner === false) {
      started.resume()
      return started
    }
    const attempt = open()
    // What an outer call has counted is a part of the call that is open here, or counted already.
    if (started === undefined || attempt.call.isInner) return attempt
    attempt.suspend(0)
    return undefined
  }

  #set(id: string, attempt: Attempt | undefined): void {
    this.#attempts.delete(id)
    this.#attempts.set(id, attempt)
    const [oldest] = this.#attempts.keys()
    if (this.#attempts.size > MAX_RESPONSES && oldest !== undefined) this.#attempts.delete(oldest)
  }
}
