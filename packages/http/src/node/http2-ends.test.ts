import http2, { type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { type End, http2Ends, type Log } from '../../fixtures/http2-ends.js'
import { closeAll, closeLater } from '../../fixtures/serving.js'
import { countsOf, sumOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from './observe-http-servers.js'

afterEach(closeAll)

/** Runs one end; returns everything that the client and the application saw. */
async function run({ options = {}, prepare, onStream, onRequest, asks = [{}], ...client }: End): Promise<unknown> {
  const seen: string[] = []
  const log: Log = (text) => void seen.push(text)
  const server = http2.createServer(options)
  if (onStream !== undefined) server.on('stream', (stream, headers) => onStream(stream, headers, log))
  if (onRequest !== undefined) server.on('request', (request, response) => onRequest(request, response, log))
  prepare?.(server, log)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(() => server.close())
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  closeLater(() => session.destroy())
  session.on('error', (error) => log(`session ${Reflect.get(error, 'code')}`))
  session.on('goaway', (code) => log(`goaway ${code}`))
  session.on('stream', (pushed) => pushed.resume())
  await new Promise((resolve) => session.once('remoteSettings', resolve))
  const answers = await Promise.all(asks.map((headers) => ask(session, headers, client)))
  return [...answers, ...seen.sort()]
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, client: Partial<End>): Promise<unknown> {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': '/', ...headers }, { endStream: false })
    const heads: unknown[] = []
    let text = ''
    const note = (head: IncomingHttpHeaders): void => void heads.push({ ...head, date: undefined })
    stream.on('headers', note)
    stream.on('response', (head) => {
      note(head)
      client.onResponse?.(session, (code) => stream.close(code))
    })
    stream.on('trailers', note)
    stream.on('data', (data) => {
      text += data
    })
    stream.on('error', (error) => heads.push(error.message))
    stream.on('close', () => resolve([heads, text, stream.rstCode]))
    if (!('body' in client)) stream.end()
    else if (client.body !== undefined) stream.end(client.body)
  })
}

test.each(Object.entries(http2Ends))('%s: same as without, each request counted once', async (_name, end) => {
  const bare = await run(end)
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  expect(await run(end)).toEqual(bare)
  await expect.poll(() => countsOf(recorder, 'http.server.request.duration')).toEqual(end.counts)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
  expect(sumOf(recorder, 'quipu_dropped_total')).toBe(0)
})
