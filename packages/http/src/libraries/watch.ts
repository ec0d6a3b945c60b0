import { defaultRecorder, type Recorder } from '@quipu/core'
import { isChosen, type LibraryKind } from './library-kind.js'

export interface WatchOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
  /** Reports only while this kind is chosen. Undefined if the application asked for the object itself: always reports. */
  readonly kind?: LibraryKind | undefined
}

/** Reports into the recorder what `self` did; errors are counted there. `self` is the watched object or one of its prototype. */
export type Report = (self: object, report: (recorder: Recorder) => void) => void

/** One recorder's watch of an object. */
interface Watch {
  kind: LibraryKind | undefined
}

const watches = new WeakMap<object, Map<Recorder, Watch>>()

/**
 * Watches an object of another library once for each recorder, whether `register` or the application asks for it. An object
 * that has a watch of its own is not reported by that of its prototype.
 *
 * @param attach begins to watch; returns whether the object's shape was recognised
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
