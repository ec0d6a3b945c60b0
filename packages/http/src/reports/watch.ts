import { defaultRecorder, type Recorder } from '@quipu/core'
import { isChosen, type ReportKind } from './report-kind.js'

/** Options of the functions that instrument an object of another library. */
export interface InstrumentOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
}

export interface WatchOptions extends InstrumentOptions {
  /** Reports only while this kind is chosen. Undefined if the application asked for the object itself: always reports. */
  readonly kind?: ReportKind | undefined
}

/** Records an event of `self`, which is the watched object or an object with that prototype; counts errors of the recording. */
export type Report = (self: object, report: (recorder: Recorder) => void) => void

/** An observation of an object by one recorder. */
interface Watch {
  kind: ReportKind | undefined
}

const watches = new WeakMap<object, Map<Recorder, Watch>>()

/**
 * Watches an object of another library once per recorder, for `register` or for the application. An object that is watched
 * itself is not reported again through its prototype.
 *
 * @param attach starts watching; returns whether the object's shape was recognised
 * @returns whether the object is watched; never throws
 */
export function watch(
  target: object,
  { recorder = defaultRecorder(), kind }: WatchOptions,
  attach: (report: Report) => boolean,
): boolean {
  const own = watches.get(target)
  const known = own?.get(recorder)
  if (known !== undefined) {
    known.kind &&= kind
    return true
  }
  const made: Watch = { kind }
  const report: Report = (self, run) => {
    if (made.kind !== undefined && !isChosen(made.kind)) return
    if (self !== target && watches.get(self)?.has(recorder)) return
    recorder.guard('http', () => run(recorder))
  }
  const isAttached = recorder.guard('http', () => attach(report)) === true
  if (isAttached) watches.set(target, (own ?? new Map()).set(recorder, made))
  return isAttached
}
