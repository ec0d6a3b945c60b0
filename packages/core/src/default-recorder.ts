import { isSdkDisabled } from '@quipu/store'
import { createRecorder } from './create-recorder.js'
import { createNoopRecorder } from './noop-recorder.js'
import type { Recorder } from './recorder.js'
import { shared } from './shared.js'

/**
 * Returns the recorder of the process. The helpers of the package record into it from the first import on, and
 * `start()` exports it. Copies of the package share it. Under OTEL_SDK_DISABLED it records nothing. Never throws.
 *
 * @example
 * defaultRecorder().metrics.app_active_sessions.set(3)
 */
export function defaultRecorder(): Recorder {
  return shared('recorder', () => (isSdkDisabled() ? createNoopRecorder() : createRecorder()))
}
