import { resolveOptions } from '@quipu/catalog/options'
import { LINES } from '@quipu/catalog/symbols'
import { ACTIVITY_LOG_FLAG, defaultRecorder, environmentVariable, isFlagOn } from '@quipu/core'
import { activityLogOptions } from './configuration/activity-log-options.js'
import { environment, isSdkDisabled, warnIgnored } from './configuration/environment.js'
import { findRunning } from './lifecycle/running.js'
import { createLineWriter, toNaming } from './line-writer.js'

const TIMEOUT_MS = 2000

/**
 * Writes the lines of an application that never calls `start()`, as configured by the environment. It begins one turn
 * after the import, or when the process exits before that. A later `start()` replaces it. While the flag is off, it
 * creates nothing and adds no listener.
 */
function writeLinesUntilStart(): void {
  if (!isFlagOn(environmentVariable(ACTIVITY_LOG_FLAG)) || Reflect.has(globalThis, LINES)) return
  // Once per process: copies of the package share the recorder.
  Reflect.defineProperty(globalThis, LINES, { value: true })
  const connect = (): void => {
    globalThis.process?.off?.('exit', connect)
    if (isSdkDisabled() || findRunning({}) !== undefined) return
    const recorder = defaultRecorder()
    try {
      const options = resolveOptions(activityLogOptions, {}, environment)
      const write = createLineWriter(recorder, options, toNaming(options), false, TIMEOUT_MS)
      if (write !== undefined) recorder.onActivity(write, { isReplaceable: true })
    } catch (error) {
      // Invalid variables. No code asked for lines, so there is no caller to throw to.
      warnIgnored(ACTIVITY_LOG_FLAG, `cannot write lines. ${error instanceof Error ? error.message : ''}`)
    }
  }
  globalThis.process?.once?.('exit', connect)
  const soon: (run: () => void) => unknown = globalThis.setImmediate ?? globalThis.setTimeout
  soon(connect)
}

writeLinesUntilStart()
