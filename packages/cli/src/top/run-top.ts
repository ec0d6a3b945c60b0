import { readPages } from '../page/read-pages.js'
import { openSource } from '../studio/open-source.js'
import type { StudioSource } from '../studio/studio-source.js'
import { createColours } from '../terminal/colours.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import { drawScreen } from './draw-screen.js'
import { createPageHistory } from './page-history.js'
import { createTopKeys } from './top-keys.js'

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
  const interruption = io.interruption()
  const source = await openSource(target, options.token, io, interruption)
  try {
    return options.once === true || !io.isTerminal
      ? await showOnce(source, io)
      : await showLive(source, options.interval, interruption, io)
  } finally {
    await source.close()
  }
}

async function showOnce(source: StudioSource, io: CommandIo): Promise<number> {
  const history = createPageHistory()
  const { text: page, down } = await readPages(source)
  if (down !== undefined) {
    io.err(`quipu: ${source.name}: ${down}`)
    return exitCodes.failure
  }
  const nowMs = Date.now()
  history.add(page, nowMs)
  const screen = { name: source.name, down, lines: [], nowMs, history, colours: createColours(io), size: undefined }
  await io.out(drawScreen(screen))
  return exitCodes.ok
}

async function showLive(
  source: StudioSource,
  intervalSeconds: number,
  interruption: AbortSignal,
  io: CommandIo,
): Promise<number> {
  const history = createPageHistory()
  const colours = createColours(io)
  const keys = createTopKeys(interruption)
  const stopKeys = io.keys?.(keys.press)
  let figures:
    | { readonly down: string | undefined; readonly lines: readonly string[]; readonly nowMs: number }
    | undefined
  await io.out(ENTER)
  try {
    while (!keys.isEnded) {
      if (figures === undefined || (!keys.isPaused && !keys.wasPressed)) {
        const { text: page, down } = await readPages(source)
        figures = { down, lines: await readLatestLines(source), nowMs: Date.now() }
        if (down === undefined) history.add(page, figures.nowMs)
      }
      const size = io.size?.() ?? { columns: 80, rows: 24 }
      const { only, isPaused } = keys
      const hasKeys = stopKeys !== undefined
      const text = drawScreen({ ...figures, name: source.name, history, colours, size, only, isPaused, hasKeys })
      // Written over the last screen, line by line: clearing first would flicker.
      await io.out(`\u001b[H${text.replaceAll('\n', '\u001b[K\r\n')}\u001b[J`)
      await keys.wait(intervalSeconds * 1000)
    }
  } finally {
    stopKeys?.()
    await io.out(LEAVE)
  }
  return exitCodes.ok
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
