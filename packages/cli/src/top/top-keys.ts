import { setTimeout as delay } from 'node:timers/promises'
import { panels } from './panels.js'

/** What the keys of `quipu top` have chosen. */
export interface TopKeys {
  press(key: string): void
  /** Waits for a time, or until a key is pressed or the command is interrupted. */
  wait(ms: number): Promise<void>
  /** Whether a key ended the last wait, so that nothing new has to be read. */
  readonly wasPressed: boolean
  readonly only: number | undefined
  readonly isPaused: boolean
  readonly isEnded: boolean
}

/** Creates the keys: digits choose a panel, `0` all, `p` and the space bar pause, `q` ends. */
export function createTopKeys(interruption: AbortSignal): TopKeys {
  let only: number | undefined
  let isPaused = false
  let isEnded = false
  let wasPressed = false
  let waiting = new AbortController()
  return {
    press(key) {
      if (key === 'q') isEnded = true
      else if (key === 'p' || key === ' ') isPaused = !isPaused
      else if (key === '0') only = undefined
      else if (panels[Number(key) - 1] !== undefined) only = Number(key) - 1
      else return
      wasPressed = true
      waiting.abort()
    },
    async wait(ms) {
      // A key that was pressed during a reading is shown at once.
      if (!waiting.signal.aborted) {
        wasPressed = false
        const signal = AbortSignal.any([waiting.signal, interruption])
        await delay(ms, undefined, { signal }).catch(() => undefined)
      }
      waiting = new AbortController()
    },
    get wasPressed() {
      return wasPressed
    },
    get only() {
      return only
    },
    get isPaused() {
      return isPaused
    },
    get isEnded() {
      return isEnded || interruption.aborted
    },
  }
}
