import type { Attempt, AttemptStore } from './attempt.js'
import { RecentMap } from './recent-map.js'

/**
 * Responses that continue in the background (OpenAI's `background: true`). The call is counted once, when a request fetches
 * the result, however often it is fetched. Another process than the one that started the response may fetch it.
 */
export class BackgroundResponses implements AttemptStore {
  /** The attempt that started a response; undefined after its result was counted. */
  readonly #attempts = new RecentMap<Attempt | undefined>(1000)

  hold(id: string, attempt: Attempt): void {
    this.#attempts.set(id, attempt)
  }

  take(id: string, open: () => Attempt): Attempt | undefined {
    const isKnown = this.#attempts.has(id)
    const started = this.#attempts.get(id)
    this.#attempts.set(id, undefined)
    if (isKnown && started === undefined) return undefined
    if (started?.call.isInner === false) {
      started.resume()
      return started
    }
    const attempt = open()
    // A response within an outer call is part of that call, which is open here or already counted.
    if (started === undefined || attempt.call.isInner) return attempt
    attempt.suspend(0)
    return undefined
  }
}
