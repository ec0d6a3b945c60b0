import type { ActivitySink, LineOutcome } from './sink.js'

/** As much of a Node stream as lines need. */
export interface LineStream {
  readonly writableLength: number
  /** The error that ended the stream; what is written after it is never answered. */
  readonly errored?: Error | null
  write(text: string, done: (error?: Error | null) => void): boolean
  once(event: 'error', listener: (error: Error) => void): unknown
  listenerCount(event: 'error'): number
}

export interface StreamSinkOptions {
  /** Most bytes that may wait in the stream before lines are dropped. Default 1 MiB. */
  readonly maxBufferBytes?: number
}

function ignore(): void {}

/**
 * A failed write makes the stream emit `error`, and an `error` nobody listens to ends the process. As the console does,
 * this takes only the error of its own write: the host's listeners, and their absence, stay as they are.
 */
function writeLine(stream: LineStream, line: string): Promise<LineOutcome> {
  return new Promise((resolve) => {
    try {
      stream.write(`${line}\n`, (error) => {
        // The error is emitted after this callback.
        if (error && stream.listenerCount('error') === 0) stream.once('error', ignore)
        resolve(error ? 'failed' : 'written')
      })
    } catch {
      resolve('failed')
    }
  })
}

/** Writes lines to a stream that others own and also write to: it is never ended here. Used by `stdoutSink`. */
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
      // A reader that stopped reading must not fill the memory.
      return stream.writableLength > maxBufferBytes ? 'dropped' : writeLine(stream, line)
    },
  }
}

/**
 * Writes lines to standard output as they are, with no prefix, so that `cut -d' ' -f2` gives the user (A52, T19);
 * where there is no `process`, to the console. A reader that goes away (EPIPE) or stops reading costs lines, which are
 * counted, and nothing else. On a pipe, lines that a slow reader has not taken are lost at `process.exit`: use `fileSink`
 * where that matters.
 *
 * @example
 * start({ activityLog: { sink: stdoutSink() } })
 */
export function stdoutSink(options: StreamSinkOptions = {}): ActivitySink {
  return streamSink(() => globalThis.process?.stdout, options)
}
