/** A stream whose end is not reported yet. It does not refer to the stream. */
interface OpenStream {
  readonly id: unknown
}

/** The streams of calls whose ends a framework reports, except where a consumer stops reading. */
export class OpenStreams {
  readonly #open = new Map<unknown, OpenStream>()
  readonly #collected: FinalizationRegistry<OpenStream>

  /** @param onLeft called with a call's id if its stream was garbage-collected before its end was reported */
  constructor(onLeft: (id: unknown) => void) {
    this.#collected = new FinalizationRegistry((stream) => {
      if (this.#open.get(stream.id) !== stream) return
      this.#open.delete(stream.id)
      onLeft(stream.id)
    })
  }

  /** @param id of several streams with one id, the last counts */
  start(id: unknown, stream: object): void {
    const open = { id }
    this.#open.set(id, open)
    this.#collected.register(stream, open)
  }

  end(id: unknown): void {
    this.#open.delete(id)
  }
}
