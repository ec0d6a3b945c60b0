import type { Recorder } from '@quipu/core'
import { withAttempts } from '../attempt-scope.js'
import type { Attempts } from '../attempts.js'
import type { CallTracker } from '../call-tracker.js'
import { followIterator } from '../follow-iterator.js'
import { at, type Callable, isCallable, isShape } from '../shape.js'

/** What an endpoint's adapter makes of its answers. */
export interface AnswerReader {
  /** Reads a whole answer; a failure that it reports instead of throwing is returned. */
  whole(answer: unknown): Error | undefined
  /** Reads a chunk of a stream; likewise. */
  chunk(chunk: unknown): Error | undefined
}

export interface CallWatch {
  readonly recorder: Recorder
  readonly tracker: CallTracker
  readonly attempts: Attempts
  readonly reader: AnswerReader
}

/**
 * Follows the promise that a Stainless-made client returns (OpenAI 4 to 7, Groq), in place. Such a promise is lazy: its
 * `then` reads the body, which its owner may want to do otherwise or not at all. So it is not asked; what it is made of
 * is watched instead:
 * - `responsePromise`, whose rejection ends the call. The one derived from it stands in its place, so that a rejection
 *   nobody handles stays one unhandled rejection
 * - `parseResponse`, which runs when the owner wants the answer, and shows it
 * - `_thenUnwrap`, by which the client makes further such promises of it
 * - `asResponse`, by which the owner takes the body raw: then its arrival is the end
 */
export function followPromise(promise: unknown, watch: CallWatch): boolean {
  if (!isShape(promise)) return false
  const { responsePromise } = promise
  if (!(responsePromise instanceof Promise) || !isCallable(promise.parseResponse)) return false
  const { recorder, tracker } = watch
  const derived = responsePromise.then(undefined, (error) => {
    recorder.guard('llm_response', () => tracker.fail(error))
    throw error
  })
  attach(promise, derived, watch)
  return true
}

function attach(promise: object, responsePromise: Promise<unknown>, watch: CallWatch): void {
  const { recorder, tracker, attempts } = watch
  let isParsed = false
  set(promise, 'responsePromise', () => responsePromise)
  set(promise, 'parseResponse', (parse) =>
    isCallable(parse)
      ? function (this: unknown, ...args: unknown[]) {
          isParsed = true
          // A client that retries a body which broke off makes another attempt of the same call.
          const parsed = withAttempts(attempts, () => Reflect.apply(parse, this, args))
          return parsed instanceof Promise ? parsed.then(see, failed) : parsed
        }
      : parse,
  )
  set(promise, '_thenUnwrap', (unwrap) =>
    isCallable(unwrap)
      ? function (this: unknown, ...args: unknown[]) {
          const [transform, ...rest] = args
          const child = Reflect.apply(unwrap, this, [isCallable(transform) ? seeing(transform) : transform, ...rest])
          // Its own response promise, where it has one, would be a second that nobody handles.
          if (isShape(child) && isCallable(child.parseResponse)) attach(child, responsePromise, watch)
          isParsed = true
          return child
        }
      : unwrap,
  )
  set(promise, 'asResponse', (asResponse) =>
    isCallable(asResponse)
      ? function (this: unknown, ...args: unknown[]) {
          const response = Reflect.apply(asResponse, this, args)
          if (isParsed || !(response instanceof Promise)) return response
          return response.then((value) => {
            if (!isParsed) recorder.guard('llm_response', () => tracker.end())
            return value
          })
        }
      : asResponse,
  )

  const see = (answer: unknown): unknown => {
    observe(answer, watch)
    return answer
  }
  const failed = (error: unknown): never => {
    recorder.guard('llm_response', () => tracker.fail(error))
    throw error
  }
  const seeing = (transform: Callable): Callable =>
    function (this: unknown, ...args) {
      observe(args[0], watch)
      return Reflect.apply(transform, this, args)
    }
}

/** Replaces a property that may be the class's, on this object only. */
function set(owner: object, name: string, replace: (value: unknown) => unknown): void {
  const value: unknown = Reflect.get(owner, name)
  if (value === undefined) return
  Reflect.defineProperty(owner, name, {
    value: replace(value),
    configurable: true,
    writable: true,
    enumerable: Object.hasOwn(owner, name),
  })
}

/** Answers that were seen: one may be shown by each of the promises made of another. */
const seen = new WeakSet<object>()

function observe(answer: unknown, { recorder, tracker, reader }: CallWatch): void {
  if (!tracker.isOpen) return
  recorder.guard('llm_response', () => {
    if (!isShape(answer)) {
      tracker.end()
      return
    }
    if (seen.has(answer)) return
    seen.add(answer)
    if (isCallable(answer.iterator) && isShape(answer.controller)) {
      followStream(answer, answer.iterator, recorder, tracker, reader)
      return
    }
    const failure = reader.whole(answer)
    if (failure === undefined) tracker.end()
    else tracker.fail(failure)
  })
}

/** Follows the first iterator of a stream: that of `for await`, `tee` and `toReadableStream` alike. */
function followStream(
  stream: object,
  iterate: Callable,
  recorder: Recorder,
  tracker: CallTracker,
  reader: AnswerReader,
): void {
  let isFollowed = false
  set(
    stream,
    'iterator',
    () =>
      function (this: unknown, ...args: unknown[]) {
        const iterator = Reflect.apply(iterate, this, args)
        if (isFollowed || !isShape(iterator)) return iterator
        isFollowed = true
        followIterator(recorder, iterator, {
          tracker,
          onChunk: (chunk) => {
            const failure = reader.chunk(chunk)
            if (failure !== undefined) tracker.fail(failure)
          },
          isAborted: () => at(at(at(stream, 'controller'), 'signal'), 'aborted') === true,
        })
        return iterator
      },
  )
}
