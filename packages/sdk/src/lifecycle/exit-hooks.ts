/** What to listen to. */
export interface ExitHookChoice {
  readonly beforeExit: boolean
  readonly signals: readonly NodeJS.Signals[]
}

/**
 * Shuts down at the natural end of the process and on the signals named; nothing is listened to besides. After a signal
 * the process ends as it would have: by the signal, unless the application listens to it and decides for itself.
 * @returns a function that takes the listeners back
 */
export function installExitHooks(
  { beforeExit, signals }: ExitHookChoice,
  shutdown: () => Promise<unknown>,
): () => void {
  const raised = new Set<NodeJS.Signals>()
  const onBeforeExit = (): void => void shutdown()
  const onSignal = (signal: NodeJS.Signals): void => {
    raised.add(signal)
    void shutdown().then(() => {
      process.off(signal, onSignal)
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    })
  }
  if (beforeExit) process.once('beforeExit', onBeforeExit)
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    process.off('beforeExit', onBeforeExit)
    // One that was raised is taken back when it is raised again: until then it must not end the process.
    for (const signal of signals) if (!raised.has(signal)) process.off(signal, onSignal)
  }
}
