import { isMainThread } from 'node:worker_threads'
import { listenUncounted } from '../lifecycle/listen-uncounted.js'

/** Natural end, end without further asynchronous work, or a signal, after which the application may continue. */
export type EarlyEnd = 'beforeExit' | 'exit' | 'signal'

const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] : ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * Calls back once, when the process begins to end. What the callback installs for this end takes effect: its listeners of
 * `exit` are called, and a signal that nothing else listens to is raised again.
 *
 * @returns a function that stops waiting
 */
export function whenEnding(then: (end: EarlyEnd) => void): () => void {
  const onBeforeExit = (): void => finish('beforeExit')
  const onExit = (code: number): void => {
    const known = new Set(process.listeners('exit'))
    finish('exit')
    // Node calls the listeners that were there when the event began.
    for (const added of process.listeners('exit')) if (!known.has(added)) Reflect.apply(added, process, [code])
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    const isHandled = process.listenerCount(signal) > 0
    finish('signal')
    if (!isHandled) process.kill(process.pid, signal)
  }
  process.once('beforeExit', onBeforeExit)
  // Threads receive no signals, and the process outlives them.
  if (isMainThread) process.prependOnceListener('exit', onExit)
  const stopSignals = isMainThread ? listenUncounted(SIGNALS, onSignal) : undefined
  const stop = (): void => {
    process.off('beforeExit', onBeforeExit)
    process.off('exit', onExit)
    stopSignals?.()
  }
  const finish = (end: EarlyEnd): void => {
    stop()
    then(end)
  }
  return stop
}
