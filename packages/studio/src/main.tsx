import { render } from 'preact'
import { createLineReader } from './reading/line-reader.js'
import { createPageReader } from './reading/page-reader.js'
import { poll } from './reading/poll.js'
import { App } from './view/app.js'
import { history, isPaused, lines, place, placeOf, reading, tick } from './view/state.js'
import { applyTheme } from './view/theme.js'

/** The pages are beside this document, under the same path prefix. */
const base = new URL(location.pathname.replace(/\/?quipu\/?$/, '/'), location.href).href
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
const pages = createPageReader({ base, history, fetch: fetch.bind(window), pause, now: Date.now })
const metricLines = createLineReader({ base, fetch: fetch.bind(window) })

addEventListener('hashchange', () => {
  place.value = placeOf(location.hash)
})
poll({
  isPaused: () => isPaused.value,
  async read() {
    const [state, found] = await Promise.all([pages.read(), metricLines.read()])
    reading.value = state
    lines.value = found
    tick.value++
    return { ms: pages.cost.ms }
  },
})
applyTheme()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
