import { shared } from '@quipu/core'
import { guarded } from '../exchange/guarded.js'
import { openExchange } from '../exchange/open-exchange.js'
import { fetchSource } from './fetch-source.js'
import { http2Source } from './http2-source.js'
import { nodeHttpSource } from './node-http-source.js'
import type { Source } from './source.js'
import { undiciSource } from './undici-source.js'

/** Whether the global `fetch` publishes its requests; it is an `undici` only in Node. Workers have an empty version. */
export const hasFetchChannels = Boolean(globalThis.process?.versions?.undici)

/** The sources of this runtime. */
export const sources: readonly Source[] = [
  ...(hasFetchChannels ? [] : [fetchSource]),
  undiciSource,
  nodeHttpSource,
  http2Source,
]

/** Number of observers, and the function that stops the sources. */
interface Wire {
  count: number
  stop: (() => void) | undefined
}

const wire = (): Wire => shared('wire', () => ({ count: 0, stop: undefined }))

/** Subscribes to the sources while there are observers. Returns a function that ends this use. */
export function useSources(): () => void {
  const state = wire()
  state.count++
  state.stop ??= subscribeAll()
  let isUsed = true
  return () => {
    if (!isUsed) return
    isUsed = false
    if (--state.count > 0) return
    state.stop?.()
    state.stop = undefined
  }
}

function subscribeAll(): () => void {
  const stops = sources.map((source) => source.subscribe(openExchange, guarded))
  return () => {
    for (const stop of stops) stop()
  }
}
