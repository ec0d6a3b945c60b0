import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/**
 * Calls back when this process starts a thread, or a child process of Node. Node publishes both on diagnostics
 * channels. Other children, which may start Node in turn, are not detected.
 * @returns a function that stops it
 */
export function watchChildren(onChild: () => void): () => void {
  const onProcess = (message: unknown): void => {
    if (!isMessageOf(message, 'process')) return
    const child = message.process
    // The program is known after `spawn()` has returned.
    process.nextTick(() => isNode(child) && onChild())
  }
  subscribe('child_process', onProcess)
  subscribe('worker_threads', onChild)
  return () => {
    unsubscribe('child_process', onProcess)
    unsubscribe('worker_threads', onChild)
  }
}

function isMessageOf(message: unknown, key: 'process'): message is { readonly process: ChildProcess } {
  return typeof message === 'object' && message !== null && key in message
}

function isNode({ spawnfile }: ChildProcess): boolean {
  return spawnfile === process.execPath || /(^|[\\/])node(\.exe)?$/.test(spawnfile ?? '')
}
