import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { publishedIds } from './process-group.js'
import { isThread, type ProcessId } from './process-id.js'
import type { SeriesLine } from './published-series.js'

/**
 * Says of the threads that this one starts from now on that they are dead when they have ended: `worker.terminate()` lets
 * them say nothing themselves, and only Linux can be asked. Gives the function that ends it.
 */
export function watchThreads(directory: string, guard: (work: () => void) => void): () => void {
  const onWorker = (worker: Worker): void => {
    const { threadId } = worker
    worker.once('exit', () =>
      guard(() => {
        for (const id of publishedIds(directory)) if (isThread(id, threadId)) sayDead(directory, id)
      }),
    )
  }
  process.on('worker', onWorker)
  return () => void process.off('worker', onWorker)
}

function sayDead(directory: string, id: ProcessId): void {
  const line: SeriesLine = ['dead']
  // Never made: it may have been put away.
  const file = openSync(join(directory, `${id}.series`), constants.O_WRONLY | constants.O_APPEND)
  try {
    writeSync(file, `\n${JSON.stringify(line)}\n`)
  } finally {
    closeSync(file)
  }
}
