import { defaultRecorder, type LlmCall, type Recorder } from '@quipu/core'
import { reportInstrumentation } from '../report-instrumentation.js'
import { observingRecorders } from '../wire/observers.js'
import type { InstrumentOptions } from './mark-client.js'

/** What a connection that stays open is observed with. */
export interface LiveContext {
  readonly recorder: Recorder
  readonly endpoint: string | undefined
}

export function liveContext({ recorder, endpoint }: InstrumentOptions, name: string): LiveContext {
  const used = recorder ?? observingRecorders()[0] ?? defaultRecorder()
  reportInstrumentation(used, 'library', name, 'active')
  return { recorder: used, endpoint }
}

/** The answers of one connection that are under way, by their ids. */
export class LiveCalls {
  readonly #context: LiveContext
  readonly #provider: string
  readonly #calls = new Map<unknown, LlmCall>()
  model: string | undefined

  constructor(context: LiveContext, provider: string) {
    this.#context = context
    this.#provider = provider
  }

  /** The answer of this id; a new one starts at this moment. */
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

  /** Takes an answer that is over. */
  take(id: unknown): LlmCall | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    return call
  }

  /** The connection is closed: nothing more of an answer comes. */
  close(): void {
    for (const call of this.#calls.values()) call.end('abandoned')
    this.#calls.clear()
  }
}
