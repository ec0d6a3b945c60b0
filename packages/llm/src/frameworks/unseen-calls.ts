import { AsyncLocalStorage } from 'node:async_hooks'
import { follow, type Recorder } from '@quipu/core'
import { type CallWatch, observingRecorders, runWatched } from '@quipu/wire/observers'
import { isShape, textAt } from '@quipu/wire/shape'

interface UnseenCall extends CallWatch {
  readonly starts: readonly { readonly recorder: Recorder; readonly startedMs: number }[]
  readonly model: string | undefined
  readonly provider: string | undefined
  /** Runs a function where the call was made, for its user and feature. */
  readonly inContext: <R>(fn: () => R) => R
}

/** Maximum number of open calls; beyond it, the oldest is dropped, which may never be reported as ended. */
const MAX_OPEN = 10_000

/**
 * Model calls that a framework reports, recorded where the wire shows no request for them: those of a model in this process,
 * or behind a protocol that is not known.
 */
export class UnseenCalls {
  readonly #calls = new Map<unknown, UnseenCall>()
  readonly #isOwn: (recorder: Recorder) => boolean

  /** @param recorder records the calls if it observes model calls; default: all recorders that do */
  constructor(recorder?: Recorder) {
    this.#isOwn = (each) => recorder === undefined || each === recorder
  }

  /** Runs a function that calls a model, and returns its result. */
  run<T>(id: unknown, about: unknown, call: () => T): T {
    const recorders = observingRecorders().filter(this.#isOwn)
    if (recorders.length === 0) return call()
    if (this.#calls.size >= MAX_OPEN) this.#calls.delete(this.#calls.keys().next().value)
    const unseen: UnseenCall = {
      isSeen: false,
      starts: recorders.map((recorder) => ({ recorder, startedMs: recorder.clock.monotonicMs() })),
      model: textAt(about, 'modelId'),
      // The SDK adds the kind of model: `openai.chat`.
      provider: textAt(about, 'provider')?.split('.', 1)[0],
      inContext: AsyncLocalStorage.snapshot(),
    }
    this.#calls.set(id, unseen)
    return follow(
      () => runWatched(unseen, call),
      (ending) => ending.kind === 'threw' && this.fail(id, ending.thrown),
    )
  }

  /** @param usage token counts in any provider's spelling */
  end(id: unknown, usage: unknown): void {
    this.#record(id, (call) => {
      if (isShape(usage)) call.usage(usage)
      call.end()
    })
  }

  fail(id: unknown, error: unknown): void {
    this.#record(id, (call) => call.fail(error))
  }

  abort(id: unknown): void {
    this.#record(id, (call) => call.abort())
  }

  /** The consumer of the call's stream stopped reading it. */
  abandon(id: unknown): void {
    this.#record(id, (call) => call.end('abandoned'))
  }

  /** Whether the call is open, and the wire has not observed a request of it. */
  isUnseen(id: unknown): boolean {
    return this.#calls.get(id)?.isSeen === false
  }

  #record(id: unknown, end: (call: ReturnType<Recorder['startLlmCall']>) => void): void {
    const unseen = this.#calls.get(id)
    this.#calls.delete(id)
    if (unseen === undefined || unseen.isSeen) return
    const { starts, model, provider, inContext } = unseen
    for (const { recorder, startedMs } of starts) {
      inContext(() => end(recorder.startLlmCall({ operation: 'chat', model, provider, startedMs })))
    }
  }
}
