import type { ActivitySink, LineOutcome } from './sink.js'

/** The part of a Node stream that the sink uses. */
export interface LineStream {
  readonly writableLength: number
  /** The error that ended the stream; later writes never call back. */
  readonly errored?: Error | null
  write(text: string, done: (error?: Error | null) => void): boolean
  once(event: 'error', listener: (error: Error) => void): unknown
  listenerCount(event: 'error', listener: () => void): number
}

export interface StreamSinkOptions {
  /** Most bytes that may wait in the stream before lines are dropped. Default 1,048,576. */
  readonly maxBufferBytes?: number
}

function ignore(): void {}

/**
 * A failed write makes the stream emit `error`, and an `error` event without a listener ends the process. This handles
 * only the error of its own write and leaves the host's listeners as they are. Other listeners do not make it
 * unnecessary: the one of a pipe from a worker thread removes itself and emits the error again if it was the last.
 */
function writeLine(stream: LineStream, line: string): Promise<LineOutcome> {
  return new Promise((resolve) => {
    try {
      stream.write(`${line}\n`, (error) => {
        // The error is emitted after this callback.
        if (error && stream.listenerCount('error', ignore) === 0) stream.once('error', ignore)
        resolve(error ? 'failed' : 'written')
      })
    } catch {
      resolve('failed')
    }
  })
}

/** Writes lines to a stream that the host owns and also writes to; never ends it. */
export function streamSink(findStream: () => LineStream | undefined, options: StreamSinkOptions = {}): ActivitySink {
  const { maxBufferBytes = 1_048_576 } = options
  return {
    write(line) {
      const stream = findStream()
      if (stream === undefined) {
        console.log(line)
        return 'written'
      }
      if (stream.errored) return 'failed'
      // A reader that stopped reading must not fill memory.
      return stream.writableLength > maxBufferBytes ? 'dropped' : writeLine(stream, line)
    },
  }
}

/**
 * Writes lines to standard output without a prefix, so that `cut -d' ' -f2` prints the user; without `process`, to the
 * console. A reader that closes the pipe (EPIPE) or stops reading loses lines, which are counted; the process continues. On
 * a pipe, lines that a slow reader has not read are lost at `process.exit`: use `fileSink` where that matters. Never throws.
 *
 * @example
 * start({ activityLog: { sink: stdoutSink() } })
 */
export function stdoutSink(options: StreamSinkOptions = {}): ActivitySink {
  return streamSink(() => globalThis.process?.stdout, options)
}
