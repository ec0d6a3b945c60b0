function ignore(): void {}

/**
 * Writes a line to stderr. The stream emits an error if its reader has left, which ends a process that has no listener
 * for it: the error of this write is handled, those of the host's are not. Never throws.
 */
export function writeToStderr(text: string): void {
  try {
    const { stderr } = process
    stderr.write(`quipu: ${text}\n`, (error) => {
      // The error is emitted after this callback.
      if (error && stderr.listenerCount('error', ignore) === 0) stderr.once('error', ignore)
    })
  } catch {
    // A closed stderr must not cause an error.
  }
}
