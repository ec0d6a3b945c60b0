import { computed, signal } from '@preact/signals'
import { momentOf, type WindowName, windows } from '../figures/moment.js'
import { createHistory } from '../history/history.js'
import type { LinesState } from '../reading/line-reader.js'
import type { ReadingState } from '../reading/page-reader.js'

/** The samples of the pages, kept while the document is open; nothing is stored elsewhere. */
export const history = createHistory()

/** Increases with every poll, which renders its readers again. */
export const tick = signal(0)
/** Whether a poll has ended. */
export const hasRead = computed(() => tick.value > 0)
export const reading = signal<ReadingState>({ kind: 'starting' })
export const lines = signal<LinesState>({ kind: 'starting', lines: [] })
export const isPaused = signal(false)

/** The place that the document shows; it is stored in the address. */
export interface Place {
  readonly view: 'overview' | 'metrics' | 'lines' | 'health'
  /** The open family. */
  readonly family: string | undefined
  readonly window: WindowName
}

export const place = signal<Place>(placeOf(location.hash))

export const moment = computed(() => {
  tick.value
  return momentOf(history, place.value.window)
})

/** Parses the fragment of an address, such as `#/metrics/llm_requests?window=15m`. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [view = '', family] = path.split('/')
  const window = new URLSearchParams(query).get('window')
  return {
    view: view === 'metrics' || view === 'lines' || view === 'health' ? view : 'overview',
    family: family === undefined || family === '' ? undefined : safeDecode(family),
    window: window !== null && Object.hasOwn(windows, window) ? (window as WindowName) : 'all',
  }
}

/** Returns the address of a place. */
export function hashOf({ view, family, window }: Place): string {
  const path = [view === 'overview' ? '' : view, ...(family === undefined ? [] : [encodeURIComponent(family)])].join(
    '/',
  )
  return `#/${path}${window === 'all' ? '' : `?window=${window}`}`
}

/** Returns the address of a view, in the chosen window. */
export function linkTo(view: Place['view'], family?: string): string {
  return hashOf({ view, family, window: place.value.window })
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
