/** A stream whose end is not reported yet. It does not refer to the stream. */
interface OpenStream<I> {
  readonly id: I
}

/** The streams of calls whose ends a framework reports, except where a consumer stops reading. */
export class OpenStreams<I = unknown> {
  readonly #open = new Map<I, OpenStream<I>>()
  readonly #collected: FinalizationRegistry<OpenStream<I>>

  /** @param onLeft called with a call's id if its stream was garbage-collected before its end was reported */
  constructor(onLeft: (id: I) => void) {
    this.#collected = new FinalizationRegistry((stream) => {
      if (this.#open.get(stream.id) !== stream) return
      this.#open.delete(stream.id)
      onLeft(stream.id)
    })
  }

  /** @param id of several streams with one id, the last counts */
  start(id: I, stream: object): void {
    const open = { id }
    this.#open.set(id, open)
    this.#collected.register(stream, open)
  }

  end(id: I): void {
    this.#open.delete(id)
  }
}
