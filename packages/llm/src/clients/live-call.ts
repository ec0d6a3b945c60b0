import { defaultRecorder, type LlmCall, type Recorder } from '@quipu/core'
import type { InstrumentOptions } from '@quipu/wire/observers'
import { observingRecorders, reportInstrumentation } from '@quipu/wire/observers'

/** Settings of the observation of an open connection. */
export interface LiveContext {
  readonly recorder: Recorder
  readonly endpoint: string | undefined
}

export function liveContext({ recorder, endpoint }: InstrumentOptions, name: string): LiveContext {
  const used = recorder ?? observingRecorders()[0] ?? defaultRecorder()
  reportInstrumentation(used, 'library', name, 'active')
  return { recorder: used, endpoint }
}

/** The responses in progress on one connection, by their ids. */
export class LiveCalls {
  readonly #context: LiveContext
  readonly #provider: string
  readonly #calls = new Map<unknown, LlmCall>()
  model: string | undefined

  constructor(context: LiveContext, provider: string) {
    this.#context = context
    this.#provider = provider
  }

  /** Returns the response with this id; an unknown id starts one now. */
  start(id: unknown): LlmCall {
    const known = this.#calls.get(id)
    if (known !== undefined) return known
    const { recorder, endpoint } = this.#context
    const about = { model: this.model, provider: this.#provider, operation: 'chat', endpoint, stream: true }
    const call = recorder.startLlmCall(about)
    this.#calls.set(id, call)
    return call
  }

  get(id: unknown): LlmCall | undefined {
    return this.#calls.get(id)
  }

  /** Removes and returns a finished response. */
  take(id: unknown): LlmCall | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    return call
  }

  /** Ends all responses, because the connection is closed. */
  close(): void {
    for (const call of this.#calls.values()) call.end('abandoned')
    this.#calls.clear()
  }
}
