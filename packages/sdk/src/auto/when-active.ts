import { isStandard } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import { unref } from '@quipu/core'

const LOOK_EVERY_MS = 250

/**
 * Calls back once, when this process listens on a TCP port or records something. A program that only starts other
 * programs does neither. It does not keep the process alive.
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

/** Standard metrics do not count: every process uses memory and CPU, and a package manager sends requests. */
function hasRecorded({ readings }: Pick<Recorder, 'readings'>): boolean {
  return readings({ sample: false }).some(
    (reading) =>
      !reading.name.startsWith('quipu_') && !isStandard(reading.spec.vocabulary) && reading.cells().some(isUsed),
  )
}

/** Series of closed label sets can exist from the start, at zero. */
function isUsed({ data, at }: { readonly data: Float64Array; readonly at: number }): boolean {
  return data[at] !== 0
}
