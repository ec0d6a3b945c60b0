import { AsyncLocalStorage } from 'node:async_hooks'
import { defaultRecorder, type Recorder, shared } from '@quipu/core'

/** A mark of an instrumented client's calls. */
export interface ClientMark {
  readonly recorder: Recorder | undefined
  readonly endpoint: string | undefined
  /** Number of the client's retries, if known. */
  readonly maxRetries?: number | undefined
  /** One call of a method that sends all attempts of an operation. */
  readonly operation?: object | undefined
  /**
   * The body that the client passes to `fetch`, for sources that do not observe it. The first source that reads it
   * releases it.
   */
  readonly body?: RequestBody | undefined
  /** A framework's call that contains the requests sent here. */
  readonly watch?: CallWatch | undefined
}

/** Whether the wire observes a request of a framework's call. */
export interface CallWatch {
  isSeen: boolean
}

/** Holds a request's body until a source has read it. */
export interface RequestBody {
  text: string | undefined
}

interface Observers {
  /** The recorders that observe all calls of the process, with the number of `observeModelCalls` calls for each. */
  readonly all: Map<Recorder, number>
  readonly marks: AsyncLocalStorage<ClientMark>
}

/** One set per process, shared by all copies of this package, so that a call is counted by one of them. */
const observers = (): Observers =>
  shared('wire.observers', () => ({ all: new Map<Recorder, number>(), marks: new AsyncLocalStorage<ClientMark>() }))

/** Observes all calls of the process with a recorder, until the returned function is called. */
export function addObserver(recorder: Recorder): () => void {
  const { all } = observers()
  all.set(recorder, (all.get(recorder) ?? 0) + 1)
  let isActive = true
  return () => {
    if (!isActive) return
    isActive = false
    const left = (all.get(recorder) ?? 1) - 1
    if (left === 0) all.delete(recorder)
    else all.set(recorder, left)
  }
}

/** Runs a function whose model calls are those of an instrumented client. */
export function runMarked<R>(mark: ClientMark, fn: () => R): R {
  return observers().marks.run(mark, fn)
}

/** The operation of the requests sent here; of nested marked methods, the outermost. */
export function currentOperation(): object {
  return observers().marks.getStore()?.operation ?? {}
}

/** Runs a framework's function that sends one request until it succeeds: its requests are attempts of one call. */
export function runOperation<R>(fn: () => R): R {
  return runWith(() => ({ operation: currentOperation() }), fn)
}

/** Runs a framework's function that calls a model, and notes whether the wire observes a request of it. */
export function runWatched<R>(watch: CallWatch, fn: () => R): R {
  return runWith(() => ({ watch }), fn)
}

function runWith<R>(more: () => Partial<ClientMark>, fn: () => R): R {
  const { all, marks } = observers()
  const mark = marks.getStore()
  // Without observers there is nothing to mark; a mark alone would select the process's default recorder.
  if (mark === undefined && all.size === 0) return fn()
  return runMarked({ recorder: mark?.recorder, endpoint: mark?.endpoint, ...mark, ...more() }, fn)
}

/** The recorders that observe all calls of the process. */
export function observingRecorders(): readonly Recorder[] {
  return [...observers().all.keys()]
}

/** Returns and releases the body of the marked request that is sent here. */
export function takeCurrentBody(): string | undefined {
  const body = observers().marks.getStore()?.body
  const text = body?.text
  if (body !== undefined) body.text = undefined
  return text
}

/** Which recorders observe a call that starts here, and its client's mark. */
export interface CallContext {
  /**
   * The recorder of the client's mark, otherwise those that observe all calls; for a marked client without either, the
   * process's default recorder.
   */
  readonly recorders: Iterable<Recorder>
  readonly mark: ClientMark | undefined
}

/** Returns the recorders and the mark of a call that starts here. */
export function currentCallContext(): CallContext {
  const { all, marks } = observers()
  const mark = marks.getStore()
  if (mark?.recorder !== undefined) return { recorders: [mark.recorder], mark }
  return { recorders: mark !== undefined && all.size === 0 ? [defaultRecorder()] : all.keys(), mark }
}
