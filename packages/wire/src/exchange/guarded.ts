import { defaultRecorder } from '@quipu/core'

/** Runs observing code and catches its errors. */
export type Guard = (fn: () => void) => void

/** Runs observing code, whose errors must not reach the client. */
export function guarded(fn: () => void): void {
  try {
    fn()
  } catch {
    defaultRecorder().guard('llm_wire', () => {
      throw new Error('an observer of model calls failed')
    })
  }
}
