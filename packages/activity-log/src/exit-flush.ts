/** Those who have something that must be out before the process is gone; kept only while they have it. */
const unwritten = new Set<() => void>()
let watching = false
let exiting = false

/** Whether the process is past the point where asynchronous work still runs. */
export function isExiting(): boolean {
  return exiting
}

/**
 * Has `flush` called when the process (or worker thread) ends by itself, by `process.exit` or by an uncaught error, until
 * `nothingToFlush` is called with it. It must be synchronous; a signal's default action and SIGKILL leave no time for it.
 */
export function flushAtExit(flush: () => void): void {
  unwritten.add(flush)
  if (watching) return
  watching = true
  globalThis.process?.on?.('exit', () => {
    exiting = true
    for (const each of unwritten) each()
  })
}

/** Says that there is nothing left to flush. */
export function nothingToFlush(flush: () => void): void {
  unwritten.delete(flush)
}
