import { parentPort } from 'node:worker_threads'
import { startModelServer } from 'quipu-example-model-server'

// In a thread of its own: its requests are not the application's.
const server = await startModelServer({ onServed: (served) => parentPort?.postMessage({ served }) })
parentPort?.once('message', () => void server.close().then(() => parentPort?.close()))
parentPort?.postMessage({ url: server.url })
