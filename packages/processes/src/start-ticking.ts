import { unref } from '@quipu/store'

/** Intervals of publications: while values are recorded, and otherwise. A kill loses at most this much. */
const BUSY_MS = 10
const QUIET_MS = 50
const BEAT_EVERY_MS = 1000

/** The periodic work of a member of a group. */
interface Ticks {
  publish(): boolean
  exchange(): void
  beat(): void
  checkLead(): void
}

/** Publishes, exchanges removals, gives signs of life and determines the leader. Returns a function that stops it. */
export function startTicking({ publish, exchange, beat, checkLead }: Ticks): () => void {
  let lastLook = Number.NEGATIVE_INFINITY
  let lastExchange = Number.NEGATIVE_INFINITY
  const run = (): void => {
    timer = setTimeout(run, publish() ? BUSY_MS : QUIET_MS)
    unref(timer)
    const now = performance.now()
    if (now - lastExchange >= QUIET_MS) {
      lastExchange = now
      exchange()
    }
    if (now - lastLook < BEAT_EVERY_MS) return
    lastLook = now
    beat()
    checkLead()
  }
  let timer = setTimeout(run, BUSY_MS)
  unref(timer)
  return () => clearTimeout(timer)
}
