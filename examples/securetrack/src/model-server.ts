import { Worker } from 'node:worker_threads'
import type { Served } from 'quipu-example-model-server'

export interface RunningModelServer {
  readonly url: string
  close(): Promise<void>
}

type Message = { readonly url: string } | { readonly served: Served }

/** Starts the model server in a thread, and receives its account of served requests. */
export function startModelServerThread(onServed: (served: Served) => void): Promise<RunningModelServer> {
  const worker = new Worker(new URL('./model-server-worker.js', import.meta.url))
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.on('message', (message: Message) => {
      if ('served' in message) onServed(message.served)
      else resolve({ url: message.url, close: () => close(worker) })
    })
  })
}

function close(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve())
    worker.postMessage('close')
  })
}
