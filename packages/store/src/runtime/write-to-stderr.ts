function ignore(): void {}

/**
 * Writes a line to stderr, or to the console if there is no stderr. A stream without a reader emits an error, which ends a
 * process without a listener for it. This function handles the error of its own write, but not errors of the host's writes.
 * `console` handles errors only on a stream without listeners, and a worker thread adds a listener to stderr. Never throws.
 *
 * @example
 * writeToStderr('quipu: pages http://127.0.0.1:9464/custom_metrics')
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
