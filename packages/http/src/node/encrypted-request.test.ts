import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { countsOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from './observe-http-servers.js'

const folder = mkdtempSync(join(tmpdir(), 'quipu-tls-'))
let tls: { key: Buffer; cert: Buffer }

beforeAll(() => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost']
  execFileSync('openssl', ['req', ...options, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  tls = { key: readFileSync(key), cert: readFileSync(cert) }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function portOf(server: https.Server | http2.Http2SecureServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function get(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', agent: false, rejectUnauthorized: false }
    https.get(options, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
}

const durations = (recorder: Recorder) => countsOf(recorder, 'http.server.request.duration')

test('requests of https, and upgrades on it, are counted once', async () => {
  const recorder = createRecorder()
  const stop = observeHttpServers({ recorder })
  const server = https.createServer(tls, (_request, response) => void response.end('ok'))
  const sockets = new WebSocketServer({ server })
  const port = await portOf(server)
  await get(port)
  const client = new WebSocket(`wss://127.0.0.1:${port}`, { rejectUnauthorized: false })
  await new Promise((resolve) => client.on('open', resolve))
  client.close()
  await expect.poll(() => durations(recorder)).toEqual({ 'GET 200 - https 1.1 -': 1, 'GET 101 - https 1.1 -': 1 })
  stop()
  sockets.close()
  server.close()
})

test('a server of both protocols counts the requests of each once', async () => {
  const recorder = createRecorder()
  const stop = observeHttpServers({ recorder })
  const server = http2.createSecureServer({ ...tls, allowHTTP1: true }, (_request, response) => void response.end('ok'))
  const port = await portOf(server)
  await get(port)
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  await new Promise((resolve) => session.request({ ':path': '/' }).resume().on('close', resolve))
  await expect.poll(() => durations(recorder)).toEqual({ 'GET 200 - https 1.1 -': 1, 'GET 200 - https 2 -': 1 })
  session.close()
  stop()
  server.close()
})
