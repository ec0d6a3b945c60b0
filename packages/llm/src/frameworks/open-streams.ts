import { whenCollected } from '@quipu/core'

/** The streams of calls whose ends a framework reports, except where a consumer stops reading. */
export class OpenStreams<I = unknown> {
  /** A token for each open stream, by its call. */
  readonly #open = new Map<I, symbol>()
  readonly #onLeft: (id: I) => void

  /** @param onLeft called with a call's id if its stream was garbage-collected before its end was reported */
  constructor(onLeft: (id: I) => void) {
    this.#onLeft = onLeft
  }

  /** @param id of several streams with one id, the last counts */
  start(id: I, stream: object): void {
    const token = Symbol('stream')
    this.#open.set(id, token)
    whenCollected(stream, () => {
      if (this.#open.get(id) !== token) return
      this.#open.delete(id)
      this.#onLeft(id)
    })
  }

  end(id: I): void {
    this.#open.delete(id)
  }
}
