function ignore(): void {}

/**
 * Writes a line to stderr, or to the console without one. A stream whose reader has left emits an error, which ends a
 * process that has no listener for it: the error of this write is handled, those of the host's are not. `console` handles
 * it only on a stream without listeners; with a worker thread, stderr has that of a pipe. Never throws.
 */
export function writeToStderr(line: string): void {
  try {
    const stderr = globalThis.process?.stderr
    if (stderr === undefined) {
      console.error(line)
      return
    }
    stderr.write(`${line}\n`, (error) => {
      // The error is emitted after this callback.
      if (error && stderr.listenerCount('error', ignore) === 0) stderr.once('error', ignore)
    })
  } catch {
    // A closed stderr must not cause an error.
  }
}
