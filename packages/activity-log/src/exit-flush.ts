/** The flush functions to call before the process ends. */
const unwritten = new Set<() => void>()
let watching = false
let exiting = false

/** Whether the process is ending and asynchronous work no longer runs. */
export function isExiting(): boolean {
  return exiting
}

/**
 * Calls `flush` when the process or worker thread ends by itself, by `process.exit` or by an uncaught error, until
 * `nothingToFlush` is called with it. `flush` must be synchronous. The default action of a signal does not call it.
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

/** Removes `flush`, which has nothing left to write. */
export function nothingToFlush(flush: () => void): void {
  unwritten.delete(flush)
}
