import { join } from 'node:path'
import { isMainThread, type Worker } from 'node:worker_threads'
import type { Recorder } from '@quipu/core'
import { finishPublication } from './finish-publication.js'
import { addLastLines } from './line-file.js'
import { type MemoryChannel, openMemoryChannel } from './memory-channel.js'
import { publishedIds } from './process-group.js'
import { isAlive, isThread, type ProcessId } from './process-id.js'
import type { SeriesLine } from './published-series.js'
import { claim, type SharedMemory } from './shared-memory.js'

/**
 * Does for the threads that this one starts from now on what `worker.terminate()` keeps them from doing: publishes what
 * they recorded last, and says that they are dead. Gives the function that ends it.
 */
export function watchThreads(directory: string, recorder: Pick<Recorder, 'readings' | 'guard'>): () => void {
  let channel: MemoryChannel | undefined
  const open = (): void => {
    channel ??= recorder.guard('processes', () => openMemoryChannel(directory))
  }
  // The main one from the beginning: a thread may announce its memory before the event that it was started.
  if (isMainThread) open()

  const finish = (memory: SharedMemory): readonly SeriesLine[] => {
    const metrics = new Map(recorder.readings().map((reading) => [reading.name, reading]))
    return recorder.guard('processes', () => finishPublication(directory, memory, metrics)) ?? []
  }
  const sayLast = (id: ProcessId, lines: readonly SeriesLine[]): void =>
    addLastLines(join(directory, `${id}.series`), lines)
  const onExit = (threadId: number): void => {
    // In this order: who has announced its memory has published, so that none that has just come is taken for one that went.
    const memories = channel?.received()
    const ids = publishedIds(directory)
    for (const id of ids) {
      const isWatched = isThread(id, threadId)
      const memory = memories?.get(id)
      // What the dead one had started ended with it, and nobody was there to see it; the kernel may know.
      if (!isWatched && (memory === undefined || isAlive(id))) continue
      const isOurs = memory !== undefined && claim(memory)
      const lines = isOurs ? finish(memory) : []
      if (isWatched || isOurs) sayLast(id, [...lines, ['dead']])
      memories?.delete(id)
    }
    // Of threads that others have started. A folder that cannot be read for a moment says nothing of them.
    if (ids.length === 0) return
    for (const id of memories?.keys() ?? []) if (!ids.includes(id)) memories?.delete(id)
  }
  const onWorker = (worker: Worker): void => {
    const { threadId } = worker
    open()
    worker.once('exit', () => recorder.guard('processes', () => onExit(threadId)))
  }
  process.on('worker', onWorker)
  return () => {
    process.off('worker', onWorker)
    channel?.close()
  }
}
