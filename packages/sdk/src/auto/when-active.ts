import { isStandard } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import { unref } from '@quipu/core'

const LOOK_EVERY_MS = 250

/**
 * Calls back once, when this process listens on a TCP port or records something, at the latest when it is about to end. A
 * program that only starts other programs does neither. It does not keep the process alive.
 *
 * @param isEnding whether the process is already about to end
 */
export function whenActive(
  recorder: Pick<Recorder, 'readings'>,
  then: (reason: 'active' | 'ending') => void,
  { isEnding = false } = {},
): void {
  const look = (reason: 'active' | 'ending'): void => {
    if (!isListening() && !hasRecorded(recorder)) return
    clearInterval(timer)
    process.off('beforeExit', onEnd)
    then(reason)
  }
  const onEnd = (): void => look('ending')
  const timer = setInterval(() => look('active'), LOOK_EVERY_MS)
  unref(timer)
  process.on('beforeExit', onEnd)
  if (isEnding) onEnd()
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
