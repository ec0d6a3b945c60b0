import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { type End, http1Ends, type Log } from '../../fixtures/http1-ends.js'
import { closeAll, closeLater } from '../../fixtures/serving.js'
import { countsOf, sumOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from './observe-http-servers.js'

afterEach(closeAll)

/** Runs one end; returns everything that the client and the application saw. */
async function run({ options = {}, prepare, handle, sent, resets = false }: End): Promise<readonly string[]> {
  const seen: string[] = []
  const log: Log = (text) => void seen.push(text)
  const server: Server = createServer(options, (request, response) => handle(request, response, log, server))
  prepare?.(server, log)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(() => server.closeAllConnections())
  closeLater(() => server.close())
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const { port } = server.address() as AddressInfo
  const received = await receive(port, sent, resets)
  const socket = await accepted
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  // Ours is there only while the application listens to the same event.
  const events = ['request', 'clientError', 'upgrade', 'checkContinue', 'checkExpectation', 'connect', 'dropRequest']
  const listeners = events.map((event) => `${event} ${server.listenerCount(event) > 0}`)
  return [received.replaceAll(/^date: .*$/gim, 'date'), ...seen, ...listeners]
}

function receive(port: number, sent: readonly string[], resets: boolean): Promise<string> {
  const [first = '', ...rest] = sent
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(first, 'latin1'))
    socket.on('data', (data) => {
      received += data.toString('latin1')
      const next = rest.shift()
      if (next !== undefined && next !== '') socket.write(next, 'latin1')
      if (resets && rest.length === 0) socket.resetAndDestroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
}

test.each(Object.entries(http1Ends))('%s: same as without, each request counted once', async (_name, end) => {
  const bare = await run(end)
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  expect(await run(end)).toEqual(bare)
  await expect.poll(() => countsOf(recorder, 'app_requests_total')).toEqual(end.counts)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
  expect(sumOf(recorder, 'quipu_dropped_total')).toBe(0)
})
