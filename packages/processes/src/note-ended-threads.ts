import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { Store } from '@quipu/store'
import { areThreadsNumbered, isThread } from './identity/process-id.js'
import { publishedIds } from './identity/publications.js'
import { addLastLine } from './publish/line-file.js'

/**
 * Notes the end of each thread that this one starts, on systems whose kernel cannot report it (Linux can): a terminated
 * thread runs no exit hook, and its live gauges would stay until the process ends.
 * @returns a function that stops it
 */
export function noteEndedThreads(directory: string, recorder: Pick<Store, 'guard'>): () => void {
  if (areThreadsNumbered()) return () => undefined
  const note = (threadId: number): void => {
    const ended = publishedIds(directory).filter((id) => isThread(id, threadId))
    for (const id of ended) addLastLine(join(directory, `${id}.series`), ['dead'])
  }
  const onWorker = (worker: Worker): void => {
    const { threadId } = worker
    worker.once('exit', () => recorder.guard('processes', () => note(threadId)))
  }
  process.on('worker', onWorker)
  return () => void process.off('worker', onWorker)
}
