import { setTimeout as delay } from 'node:timers/promises'
import { readPages } from '../page/read-pages.js'
import { openSource } from '../studio/open-source.js'
import type { StudioSource } from '../studio/studio-source.js'
import { createColours } from '../terminal/colours.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import { drawScreen } from './draw-screen.js'
import { createPageHistory } from './page-history.js'

/** Options of `quipu top`. */
export interface TopOptions {
  /** Seconds between readings. */
  readonly interval: number
  readonly once?: boolean
  readonly token?: string
}

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'

/** Shows an application until it is interrupted; once, if the output is not a terminal. */
export async function runTop(target: string | undefined, options: TopOptions, io: CommandIo): Promise<number> {
  const signal = io.interruption()
  const source = await openSource(target, options.token, io, signal)
  const history = createPageHistory()
  const colours = createColours(io)
  const isOnce = options.once === true || !io.isTerminal
  const draw = async () => {
    const { text: page, down } = await readPages(source)
    if (down === undefined) history.add(page, Date.now())
    const lines = isOnce ? [] : await readLatestLines(source)
    const size = isOnce ? undefined : (io.size?.() ?? { columns: 80, rows: 24 })
    return { down, text: drawScreen({ name: source.name, down, lines, nowMs: Date.now(), history, colours, size }) }
  }
  try {
    if (isOnce) {
      const { down, text } = await draw()
      if (down !== undefined) io.err(`quipu: ${source.name}: ${down}`)
      else await io.out(text)
      return down === undefined ? exitCodes.ok : exitCodes.failure
    }
    await io.out(ENTER)
    try {
      while (!signal.aborted) {
        const { text } = await draw()
        // Written over the last screen, line by line: clearing first would flicker.
        await io.out(`\u001b[H${text.replaceAll('\n', '\u001b[K\r\n')}\u001b[J`)
        await delay(options.interval * 1000, undefined, { signal }).catch(() => undefined)
      }
    } finally {
      await io.out(LEAVE)
    }
    return exitCodes.ok
  } finally {
    await source.close()
  }
}

async function readLatestLines(source: StudioSource): Promise<readonly string[]> {
  const answer = await source.documents['/quipu/lines']?.read('')
  if (answer === undefined || (answer.status ?? 200) !== 200) return []
  try {
    const { lines } = JSON.parse(String(answer.body))
    return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : []
  } catch {
    return []
  }
}
