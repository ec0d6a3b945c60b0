import { isMainThread } from 'node:worker_threads'
import { unref, waitAtMost } from '@quipu/core'
import type { ExitHookChoice } from '../configuration/exit-hook-choice.js'
import { listenUncounted } from './listen-uncounted.js'

/** Actions at the end of a process. */
interface ExitActions {
  /** Records the end of the application, synchronously. */
  recordEnd(): void
  /** Exports everything and ends Quipu. */
  shutdown(): Promise<unknown>
  /** Exports everything; recording continues. */
  flush(): Promise<unknown>
}

/** Signals whose listeners usually end the process, so that values recorded after the signal must be exported soon. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGBREAK'])
/** Export interval of an application that ends itself. Supervisors kill after 10 to 30 s. */
const FLUSH_EVERY_MS = 1000
const FLUSH_TIMES = 30
/** After handling a signal, a second one within this time means that the process should end now. */
const SECOND_SIGNAL_MS = 500

/**
 * Exports before the process ends: at its natural end, and on the given signals. The end of the process stays the same:
 * by the signal, with the same exit code, or as a listener of the application decides, which runs as before.
 * @returns a function that removes the listeners
 */
export function installExitHooks({ beforeExit, exit, signals }: ExitHookChoice, actions: ExitActions): () => void {
  const onBeforeExit = (): void => void actions.shutdown()
  if (beforeExit) process.once('beforeExit', onBeforeExit)
  // Before the exporters' listeners, which send the last points.
  if (exit) process.prependListener('exit', actions.recordEnd)
  // Threads receive no signals.
  const stopListening = isMainThread && signals.length > 0 ? handleSignals(signals, actions) : undefined
  return () => {
    process.off('beforeExit', onBeforeExit)
    process.off('exit', actions.recordEnd)
    stopListening?.()
  }
}

/**
 * ```
 * running --signal, a listener of the application decides--> running, exporting each second
 * running --signal, nothing else listens--> ending --exported--> raised again, with Node's default
 * ending  --signal--> raised again at once
 * ```
 */
function handleSignals(signals: readonly NodeJS.Signals[], { shutdown, flush }: ExitActions): () => void {
  let isEnding = false
  let wasHandled = false
  let timer: ReturnType<typeof setInterval> | undefined

  const raise = (signal: NodeJS.Signals): void => {
    stop()
    process.kill(process.pid, signal)
  }
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    isEnding = true
    const done = shutdown()
    await (wasHandled ? waitAtMost(SECOND_SIGNAL_MS, done) : done)
    raise(signal)
  }
  const flushRepeatedly = (): void => {
    let times = 0
    timer ??= setInterval(() => {
      void flush()
      if (++times === FLUSH_TIMES) clearInterval(timer)
    }, FLUSH_EVERY_MS)
    unref(timer)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isHandled(signal)) {
      wasHandled = true
      void flush()
      if (ENDING.has(signal)) flushRepeatedly()
      return
    }
    if (isEnding) raise(signal)
    else void endBy(signal)
  }
  const stopListening = listenUncounted(signals, onSignal)
  const stop = (): void => {
    clearInterval(timer)
    stopListening()
  }
  // While the signal waits to be raised again, Node's default must not end the process.
  return () => {
    if (!isEnding) stop()
  }
}

/**
 * Returns whether a listener decides instead of Node's default. The kernel has no default for the first process of a
 * container.
 */
function isHandled(signal: NodeJS.Signals): boolean {
  return process.listenerCount(signal) > 0 || process.pid === 1
}
