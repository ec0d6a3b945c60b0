import type { Recorder } from '@quipu/core'
import type { CallTracker } from './call-tracker.js'
import { at, type Callable, isCallable } from './shape.js'

export interface StreamWatch {
  readonly tracker: CallTracker
  /** Reads one chunk; keeps nothing of it. */
  readonly onChunk: (chunk: unknown) => void
  /** Whether the stream's own signal was aborted: some clients end an aborted stream as if it were complete. */
  readonly isAborted: () => boolean
}

/**
 * Follows a stream's iterator to its end, in place: chunks, errors and the iterator's identity stay, nothing is buffered,
 * and each chunk costs the same. A consumer that stops reading abandons the call; a signal aborts it.
 */
export function followIterator(recorder: Recorder, iterator: object, watch: StreamWatch): void {
  const { tracker } = watch
  const guarded = (fn: () => void): void => {
    if (tracker.isOpen) recorder.guard('llm_stream', fn)
  }
  const onStep = (step: unknown): void =>
    guarded(() => {
      if (at(step, 'done') === true) {
        if (watch.isAborted()) tracker.abort()
        else tracker.end()
        return
      }
      tracker.touch()
      tracker.call.chunk()
      watch.onChunk(at(step, 'value'))
    })
  // The client aborts the request of a stream that failed as well: its signal says nothing here.
  const onError = (error: unknown): void => guarded(() => tracker.fail(error))
  const onLeave = (): void => guarded(() => (watch.isAborted() ? tracker.abort() : tracker.end('abandoned')))

  wrap(
    iterator,
    'next',
    (next) =>
      function (this: unknown, ...args) {
        return settle(() => Reflect.apply(next, this, args), onStep, onError)
      },
  )
  for (const name of ['return', 'throw']) {
    wrap(
      iterator,
      name,
      (leave) =>
        function (this: unknown, ...args) {
          // Asked before the client itself aborts the request of a stream that is left.
          onLeave()
          return Reflect.apply(leave, this, args)
        },
    )
  }
}

function wrap(iterator: object, name: string, wrapper: (method: Callable) => Callable): void {
  const method = at(iterator, name)
  if (!isCallable(method)) return
  Reflect.defineProperty(iterator, name, {
    value: wrapper(method),
    configurable: true,
    writable: true,
    enumerable: false,
  })
}

function settle(run: () => unknown, onValue: (value: unknown) => void, onError: (error: unknown) => void): unknown {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    onError(error)
    throw error
  }
  if (!(result instanceof Promise)) {
    onValue(result)
    return result
  }
  return result.then(
    (value) => {
      onValue(value)
      return value
    },
    (error) => {
      onError(error)
      throw error
    },
  )
}
