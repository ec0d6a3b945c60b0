import { isMainThread, Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import type { OtlpEndpoint } from '../endpoint.js'
import { CONTENT_TYPES } from './http-transport.js'

/** Maximum time that the exit of a process waits. A nearby collector needs about 50 ms, mostly for the thread. */
const EXIT_SEND_MS = 1000

/**
 * The program of the thread, as text, so that bundlers need not find a file. It posts each body and stores the status
 * of the response.
 */
const program = `
  const { workerData: { url, options, tls, bodies, state } } = require('node:worker_threads')
  const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http')
  let left = bodies.length
  const end = () => { if (--left === 0) { Atomics.store(state, 0, 1); Atomics.notify(state, 0) } }
  bodies.forEach((body, i) => {
    const sent = request(url, { ...options, ...tls, headers: { ...options.headers, 'content-length': body.length } }, (answer) => {
      state[i + 1] = answer.statusCode
      answer.resume().once('close', end)
    })
    sent.on('error', end).end(body)
  })
`

/**
 * Sends requests while the process exits and no asynchronous code runs: a thread sends them, and this one waits for it
 * at most a second. Only for HTTP; gRPC sends nothing.
 *
 * @returns for each body whether the back end accepted it
 */
export function sendNow(endpoint: OtlpEndpoint, userAgent: string, bodies: readonly Uint8Array[]): readonly boolean[] {
  const { url, headers, tls, protocol, compression } = endpoint
  if (bodies.length === 0 || protocol === 'grpc' || !isMainThread) return bodies.map(() => false)
  const isZipped = compression === 'gzip'
  const type = CONTENT_TYPES[protocol === 'http/json' ? 'json' : 'protobuf']
  const own = { 'user-agent': userAgent, 'content-type': type, ...(isZipped && { 'content-encoding': 'gzip' }) }
  // A flag for the end, and the status of each response.
  const state = new Int32Array(new SharedArrayBuffer(4 * (bodies.length + 1)))
  const thread = new Worker(program, {
    eval: true,
    // Without preloaded modules and variables of the application, because the thread is not a part of it.
    execArgv: [],
    env: {},
    workerData: {
      url: url.href,
      options: { method: 'POST', headers: { ...headers, ...own } },
      tls,
      bodies: isZipped ? bodies.map((body) => gzipSync(body)) : bodies,
      state,
    },
  })
  thread.on('error', () => undefined)
  Atomics.wait(state, 0, 0, EXIT_SEND_MS)
  return bodies.map((_, i) => isTaken(state[i + 1] ?? 0))
}

function isTaken(status: number): boolean {
  return status >= 200 && status <= 299
}
