import { EventEmitter } from 'node:events'
import { afterEach, expect, it, vi } from 'vitest'
import { answerNode, type NodeResponse } from './node-handler.js'

afterEach(() => {
  vi.useRealTimers()
})

/** A response whose client reads nothing. */
class StalledResponse extends EventEmitter implements NodeResponse {
  headersSent = false
  destroyed = false
  writes = 0
  writeHead() {
    this.headersSent = true
  }
  write() {
    this.writes++
    return false
  }
  end() {}
  destroy() {
    this.destroyed = true
    this.emit('close')
  }
}

it('a client that reads nothing for 30 seconds is disconnected and no longer counted as in progress', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const response = new StalledResponse()
  const written = new Promise<void>((done) => {
    const pieces = [new Uint8Array(1), new Uint8Array(1)]
    answerNode(
      () => Promise.resolve({ status: 200, headers: {}, pieces, done }),
      { url: '/metrics', headers: {} },
      response,
      undefined,
    )
  })
  await vi.advanceTimersByTimeAsync(29_000)
  expect(response.destroyed).toBe(false)
  await vi.advanceTimersByTimeAsync(2_000)
  await written
  expect(response.destroyed).toBe(true)
  expect(response.writes).toBe(1)
})

it('a client that has disconnected is no longer counted as in progress', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const response = new StalledResponse()
  response.destroy = () => {
    response.destroyed = true
  }
  const written = new Promise<void>((done) => {
    const pieces = [new Uint8Array(1), new Uint8Array(1)]
    const answer = { status: 200, headers: {}, pieces, done }
    answerNode(() => Promise.resolve(answer), { url: '/metrics', headers: {} }, response, undefined)
  })
  await vi.advanceTimersByTimeAsync(31_000)
  await written
  expect(response.writes).toBe(1)
})

it('a response that other code has started is not touched', async () => {
  const response = new StalledResponse()
  response.headersSent = true
  await new Promise<void>((done) => {
    const answer = { status: 200, headers: {}, pieces: [new Uint8Array(1)], done }
    answerNode(() => Promise.resolve(answer), { url: '/metrics', headers: {} }, response, undefined)
  })
  expect(response.writes).toBe(0)
})

it('a response that throws is not reported and is counted as done', async () => {
  const response = new StalledResponse()
  response.writeHead = () => {
    throw new Error('headers were sent')
  }
  await new Promise<void>((done) => {
    const answer = { status: 200, headers: {}, pieces: [], done }
    answerNode(() => Promise.resolve(answer), { url: '/metrics', headers: {} }, response, undefined)
  })
  expect(response.writes).toBe(0)
})
