import { defaultRecorder, type Recorder } from '@quipu/core'
import { addObserver } from '../observers/observers.js'
import { reportInstrumentation } from '../observers/report-instrumentation.js'
import { sources, useSources } from './use-sources.js'

/** Options of `observeModelCalls`. */
export interface ObserveOptions {
  /** The recorder to use. Default: that of the process. */
  readonly recorder?: Recorder | undefined
}

/**
 * Observes all model calls of the process on the wire, with any client. Clients are not changed: requests, responses,
 * errors and timing stay the same. `register` and `start()` call it.
 *
 * It recognises the protocols of OpenAI and compatible servers, Anthropic, Gemini, Ollama, Cohere and Bedrock. On Node
 * it uses the diagnostics channels of the global `fetch`, any `undici`, `node:http` and `node:http2`. Bun, Deno
 * and Workers have no channels for `fetch`: there the global `fetch` is replaced, so call this before clients are created.
 * Only declared fields of requests and responses are read; no content is stored.
 *
 * @param options `recorder` to record into
 * @returns a function that stops the observation; never throws
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
 * @example
 * const stop = observeModelCalls({ recorder })
 */
export function observeModelCalls({ recorder = defaultRecorder() }: ObserveOptions = {}): () => void {
  const remove = addObserver(recorder)
  for (const { name } of sources) reportInstrumentation(recorder, 'source', name, 'active')
  const release = useSources()
  return () => {
    remove()
    release()
  }
}
