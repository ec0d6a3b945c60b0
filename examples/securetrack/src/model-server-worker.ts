import { parentPort } from 'node:worker_threads'
import { startModelServer } from 'quipu-example-model-server'

// Runs in a separate thread, because its requests are not requests of the application.
const server = await startModelServer({ onServed: (served) => parentPort?.postMessage({ served }) })
parentPort?.once('message', () => void server.close().then(() => parentPort?.close()))
parentPort?.postMessage({ url: server.url })
