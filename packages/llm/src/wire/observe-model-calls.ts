import { defaultRecorder, type Recorder } from '@quipu/core'
import { reportInstrumentation } from '../instrumentation-info.js'
import { addObserver } from './observers.js'
import { sources, useSources } from './use-sources.js'

/** Options of `observeModelCalls`. */
export interface ObserveOptions {
  /** What to record with. Default: the process's default recorder. */
  readonly recorder?: Recorder | undefined
}

/**
 * Observes every model call of the process, whatever client makes it, by what goes over the wire. No client is touched:
 * requests, answers, errors and their timing stay as they are. `register` and `start()` do this by themselves.
 *
 * Recognised are the protocols of OpenAI (and the many servers that copy them), Anthropic, Gemini, Ollama, Cohere and
 * Bedrock. On Node they are seen through its diagnostics channels, over the global `fetch`, any `undici` and `node:http`.
 * Bun, Deno and Workers have no channels for `fetch`: there the global `fetch` is replaced by one that observes, so call
 * this before clients are created. Only declared fields of a request or answer are read; no content is kept.
 *
 * @returns a function that stops it. Never throws.
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
