import { isStandard } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import { unref } from '@quipu/core'

const LOOK_EVERY_MS = 250

/**
 * Calls back once, when this process listens on a TCP port or records something: an installed program that only starts
 * others does neither. It keeps no process alive.
 */
export function whenActive(recorder: Pick<Recorder, 'readings'>, then: () => void): void {
  const timer = setInterval(() => {
    if (!isListening() && !hasRecorded(recorder)) return
    clearInterval(timer)
    then()
  }, LOOK_EVERY_MS)
  unref(timer)
}

function isListening(): boolean {
  return process.getActiveResourcesInfo().includes('TCPServerWrap')
}

/** The standard metrics say nothing: every process has memory and a load, and a package manager makes requests. */
function hasRecorded({ readings }: Pick<Recorder, 'readings'>): boolean {
  return readings({ sample: false }).some(
    (reading) =>
      !reading.name.startsWith('quipu_') && !isStandard(reading.spec.vocabulary) && reading.cells().some(isUsed),
  )
}

/** Series of closed label sets may be there from the start, at zero. */
function isUsed({ data, at }: { readonly data: Float64Array; readonly at: number }): boolean {
  return data[at] !== 0
}
