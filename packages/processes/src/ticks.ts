import { unref } from '@quipu/store'

/** How long after a publication the next one follows: while something is recorded, and when nothing is. A kill costs that much. */
const BUSY_MS = 10
const QUIET_MS = 50
const BEAT_EVERY_MS = 1000

/** What a member of a group does again and again. */
interface Ticks {
  publish(): boolean
  exchange(): void
  beat(): void
  look(): void
}

/** Publishes, exchanges removals, gives signs of life and finds out which process leads. Returns the function that ends it. */
export function startTicking({ publish, exchange, beat, look }: Ticks): () => void {
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
    look()
  }
  let timer = setTimeout(run, BUSY_MS)
  unref(timer)
  return () => clearTimeout(timer)
}
