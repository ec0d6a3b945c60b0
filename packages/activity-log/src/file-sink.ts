import { QuipuError } from '@quipu/catalog/builtin'
import { createAppendFile } from './append-file.js'
import { flushAtExit, isExiting, nothingToFlush } from './exit-flush.js'
import type { ActivitySink, LineOutcome } from './sink.js'

export interface FileSinkOptions {
  /** Permissions of a new file. Default 0o600, because lines name users. */
  readonly mode?: number | undefined
  /** Most bytes that may wait for the disk before lines are dropped. Default 1,048,576. */
  readonly maxBufferBytes?: number | undefined
}

interface QueuedLine {
  readonly text: string
  readonly bytes: number
  readonly report: (outcome: LineOutcome) => void
}

function encode(lines: readonly QueuedLine[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => line.text).join(''))
}

/** Reports the outcome of lines after `written` of their bytes were written. A line written in part has failed. */
function reportAll(lines: readonly QueuedLine[], written: number): void {
  let end = 0
  for (const line of lines) {
    end += line.bytes
    line.report(end <= written ? 'written' : 'failed')
  }
}

function toPath(path: unknown): string {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new QuipuError('QUIPU_CONFIG_INVALID', {
      what: 'fileSink needs the path of a file.',
      got: typeof path === 'string' ? JSON.stringify(path) : typeof path,
      fix: "fileSink('activity.log')",
    })
  }
  // A later chdir must not change the file.
  return globalThis.process?.getBuiltinModule?.('node:path').resolve(path) ?? path
}

/**
 * Appends lines to a file, which is opened with the first line and created with mode 0600.
 *
 * Taking a line never throws and never waits for the disk: lines queue up to `maxBufferBytes`, then they are dropped and
 * counted. Rotation by rename, removal or truncation (copytruncate) is detected before every write. Queued lines are
 * written before the process ends by itself, by `process.exit` or by an uncaught error. After a crash or a full disk the
 * next line starts on a line of its own. `flush` ends with an fsync. Needs `node:fs` (Node, Bun, Deno); without it, lines
 * fail and are counted.
 *
 * @throws QuipuError QUIPU_CONFIG_INVALID when the path is invalid.
 * @example
 * start({ activityLog: { sink: fileSink('activity.log') } })
 */
export function fileSink(path: string, options: FileSinkOptions = {}): ActivitySink {
  const resolved = toPath(path)
  const { mode = 0o600, maxBufferBytes = 1_048_576 } = options
  let file: ReturnType<typeof createAppendFile> | undefined
  let queue: QueuedLine[] = []
  let heldBytes = 0
  let draining: Promise<void> | undefined
  let closed = false

  function openFile(): typeof file {
    const fs = globalThis.process?.getBuiltinModule?.('node:fs')
    if (fs !== undefined) file ??= createAppendFile(fs, resolved, mode)
    return file
  }

  function takeQueue(): QueuedLine[] {
    const lines = queue
    queue = []
    return lines
  }

  async function drain(target: NonNullable<typeof file>): Promise<void> {
    while (queue.length > 0) {
      try {
        await target.ready()
      } catch {
        reportAll(takeQueue(), 0)
        continue
      }
      // Taken only now: an exit before this point writes the queued lines itself.
      const lines = takeQueue()
      reportAll(lines, await target.append(encode(lines)))
    }
    nothingToFlush(flushNow)
    draining = undefined
  }

  function flushNow(): void {
    const lines = takeQueue()
    try {
      // Also with an empty queue: a write may be in progress.
      file?.appendNow(encode(lines))
      reportAll(lines, Number.POSITIVE_INFINITY)
    } catch {
      reportAll(lines, 0)
    }
  }

  function enqueue(text: string, bytes: number): Promise<LineOutcome> {
    heldBytes += bytes
    return new Promise((resolve) => {
      const report = (outcome: LineOutcome): void => {
        heldBytes -= bytes
        resolve(outcome)
      }
      queue.push({ text, bytes, report })
    })
  }

  return {
    write(line) {
      const target = openFile()
      if (target === undefined) return 'failed'
      const text = `${line}\n`
      const bytes = Buffer.byteLength(text)
      if (closed || heldBytes + bytes > maxBufferBytes) return 'dropped'
      const outcome = enqueue(text, bytes)
      if (isExiting()) {
        flushNow()
      } else if (draining === undefined) {
        flushAtExit(flushNow)
        draining = drain(target)
      }
      return outcome
    },
    async flush() {
      await draining
      await file?.sync()
    },
    async close() {
      closed = true
      await draining
      await file?.sync()
      await file?.close()
    },
  }
}
