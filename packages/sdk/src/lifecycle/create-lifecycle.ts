import { type Recorder, waitAtMost } from '@quipu/core'
import type { ProcessGroup } from '@quipu/processes'
import type { ActivityLines } from '../activity-lines.js'
import type { Configuration } from '../configuration/configuration.js'
import type { Telemetry } from '../opentelemetry/telemetry.js'
import type { Pages } from '../pages.js'
import { countOutcome } from './count-outcome.js'
import { installExitHooks } from './exit-hooks.js'
import { countLateRecordings } from './late-recordings.js'
import type { FlushOutcome } from './quipu.js'

/** Everything that was started and has to be flushed and closed. */
export interface LifecycleParts {
  readonly recorder: Recorder
  readonly configuration: Pick<Configuration, 'exitHooks' | 'shutdownTimeoutMs'>
  readonly group: ProcessGroup | undefined
  readonly telemetry: Telemetry
  readonly pages: Pages
  readonly lines: ActivityLines
  /** Whether the application starts and ends with this process. */
  readonly isStart: boolean
  readonly stopStandard: (() => void) | undefined
}

/** Exports on request, and ends what was started. */
export interface Lifecycle {
  flush(): Promise<FlushOutcome>
  /** Ends Quipu with the application, and records that end. */
  shutdown(): Promise<FlushOutcome>
  /** Ends Quipu so that another one replaces it, while the application continues. */
  close(): Promise<FlushOutcome>
}

/** @param onShutdown called before `shutdown()` resolves, when everything has ended */
export function createLifecycle(parts: LifecycleParts, onShutdown: () => void): Lifecycle {
  const { recorder, configuration, lines, group } = parts
  const { shutdownTimeoutMs } = configuration
  let ended: Promise<FlushOutcome> | undefined

  async function flush(): Promise<FlushOutcome> {
    recorder.recordPending()
    group?.publish()
    const outcomeOf = countOutcome(pushesOf(parts))
    const work = Promise.allSettled([parts.telemetry.flush(), lines.flush()])
    const inTime = await waitAtMost(shutdownTimeoutMs, work)
    return outcomeOf({ dropped: 0, errors: inTime ? [] : [timedOut(shutdownTimeoutMs)] })
  }
  const close = (): Promise<FlushOutcome> => {
    uninstall()
    ended ??= end(parts).finally(onShutdown)
    return ended
  }
  const recordEnd = (): void => {
    if (ended === undefined && parts.isStart) recorder.trackAppShutdown()
  }
  const shutdown = (): Promise<FlushOutcome> => {
    recordEnd()
    return close()
  }
  const lifecycle = { flush: () => ended ?? flush(), shutdown, close }
  const uninstall = installExitHooks(configuration.exitHooks, { ...lifecycle, recordEnd })
  return lifecycle
}

/** Exports a last time and closes everything, within `shutdownTimeoutMs`. */
async function end(parts: LifecycleParts): Promise<FlushOutcome> {
  const { configuration, group, lines, pages, telemetry, recorder } = parts
  const { shutdownTimeoutMs } = configuration
  const pushes = pushesOf(parts)
  parts.stopStandard?.()
  // Reserved for cancelling work that hangs.
  const lastMs = Math.min(100, shutdownTimeoutMs / 10)
  const outcomeOf = countOutcome(pushes)
  recorder.recordPending()
  for (const push of pushes) push.hurry()
  if (telemetry.pushReaders.length > 0) await group?.close(shutdownTimeoutMs / 2)
  // In a group, later values are published, and another process exports them.
  const lateRecordings =
    telemetry.pushReaders.length > 0 && group?.isAlone() !== false ? countLateRecordings(recorder) : none
  const work = Promise.allSettled([telemetry.shutdown(), lines.close(), pages.close(shutdownTimeoutMs / 2)])
  const inTime = await waitAtMost(shutdownTimeoutMs - lastMs, work)
  if (!inTime) {
    for (const push of pushes) push.abort()
    // Cancelled work settles immediately. Other work that hangs, such as a callback of the application, is not awaited.
    await waitAtMost(lastMs, work)
  }
  group?.leave()
  const late = lateRecordings()
  return outcomeOf({
    dropped: late,
    errors: [
      ...(inTime ? [] : [timedOut(shutdownTimeoutMs)]),
      ...(late === 0 ? [] : [new Error(`${late} series changed after the last export had begun`)]),
    ],
  })
}

function pushesOf({ telemetry, lines: { logExport } }: LifecycleParts) {
  return [...telemetry.pushReaders, ...(logExport === undefined ? [] : [logExport])]
}

function timedOut(timeoutMs: number): Error {
  return new Error(`not done within ${timeoutMs} ms`)
}

const none = (): number => 0
