import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads'
import type { ProcessId } from './process-id.js'
import { type SharedMemory, toSharedMemory } from './shared-memory.js'

/** What threads of this process have announced of their memory. */
export interface MemoryChannel {
  /** By thread, also what was announced a moment ago by one that is no more. */
  received(): Map<ProcessId, SharedMemory>
  close(): void
}

/** A channel reaches the threads of this process only, and of them those that open it under this name. */
const nameOf = (directory: string): string => `quipu.cells.v1:${directory}`

/** Hands a thread's memory to those that listen; it is theirs when this returns, whatever becomes of the thread. */
export function announceMemory(directory: string, memory: SharedMemory): void {
  const channel = new BroadcastChannel(nameOf(directory))
  try {
    channel.postMessage(memory)
  } finally {
    channel.close()
  }
}

/** Listens from now on. It keeps neither the process nor the thread alive. */
export function openMemoryChannel(directory: string): MemoryChannel {
  const memories = new Map<ProcessId, SharedMemory>()
  const keep = (message: unknown): void => {
    const memory = toSharedMemory(message)
    if (memory !== undefined) memories.set(memory.id, memory)
  }
  const channel = new BroadcastChannel(nameOf(directory))
  channel.onmessage = (event) => keep(event.data)
  channel.unref()
  let isOpen = true
  // Node takes a channel here too, which its types do not say.
  const next = () => (isOpen ? receiveMessageOnPort(channel as never) : undefined)
  return {
    received() {
      // A thread's end may be told before what it said: its messages lie here nevertheless.
      for (let said = next(); said !== undefined; said = next()) keep(said.message)
      return memories
    },
    close() {
      isOpen = false
      channel.close()
    },
  }
}
