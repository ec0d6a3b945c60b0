import { whenCollected } from '@quipu/core'

/** Receives what happens to a stream while it is read. Its methods must not throw or refer to the stream. */
export interface StreamObserver {
  part(value: unknown): void
  /** The stream was read to its end. */
  end(): void
  fail(error: unknown): void
  /** The consumer cancelled it. */
  left(): void
  /** The stream was garbage-collected, whether or not it had ended. */
  collected(): void
}

/** Returns a stream of the same parts and errors, which reads one part for each one requested. */
export function observedStream<T>(stream: ReadableStream<T>, observer: StreamObserver): ReadableStream<T> {
  const reader = stream.getReader()
  const observed = new ReadableStream<T>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          observer.fail(error)
          throw error
        })
        if (done) {
          observer.end()
          controller.close()
          return
        }
        observer.part(value)
        controller.enqueue(value)
      },
      cancel(reason) {
        observer.left()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  // Not a function of this scope, whose reader refers to the stream.
  whenCollected(observed, observer.collected)
  return observed
}
