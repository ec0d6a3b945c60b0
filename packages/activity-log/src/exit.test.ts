import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, createApp } from '../fixtures/run-app.js'

let app: App

beforeAll(async () => {
  app = await createApp(`
    import { pbkdf2 } from 'node:crypto'
    import { Worker, isMainThread } from 'node:worker_threads'
    import { fileSink } from 'src/file-sink.ts'
    const [ending, path, count] = process.argv.slice(2)
    const sink = fileSink(path)
    const event = { event: 'e', user: null, fields: {}, unixMs: 0 }
    const log = (text) => void sink.write(text, event)
    const lines = () => { for (let i = 0; i < Number(count); i++) log('line ' + i) }
    const endings = {
      natural: () => lines(),
      exit: () => { lines(); process.exit(3) },
      exitLater: () => { lines(); setTimeout(() => { lines(); process.exit(3) }, 20) },
      exitWhileWriting: () => { lines(); setImmediate(() => setImmediate(() => { lines(); process.exit(3) })) },
      exitCode: () => { lines(); process.exitCode = 4 },
      uncaught: () => { lines(); throw new Error('boom') },
      rejected: () => { lines(); void Promise.reject(new Error('boom')) },
      inExitHandler: () => { process.on('exit', () => log('at exit')); lines(); process.on('exit', () => log('at exit')) },
      exitWhileThreadsAreBusy: async () => {
        lines()
        await sink.flush()
        for (let i = 0; i < 50; i++) log('on its way')
        // With one thread, the write of these lines waits behind the key.
        pbkdf2('secret', 'salt', 400_000, 32, 'sha256', () => {})
        setTimeout(() => { lines(); process.exit(3) }, 30)
      },
      nothing: () => {},
      worker: () => {
        if (isMainThread) new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) })
        else { lines(); process.exit(0) }
      },
    }
    endings[ending]()
  `)
}, 60_000)

afterAll(() => app.remove())

const expected = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('')

describe('the last lines are in the file when the process ends', () => {
  const endings: readonly [how: string, ending: string, code: number, times: number][] = [
    ['by itself', 'natural', 0, 1],
    ['by itself, with an exit code', 'exitCode', 4, 1],
    ['by process.exit', 'exit', 3, 1],
    ['by process.exit, after earlier lines were written', 'exitLater', 3, 2],
    ['by process.exit, while earlier lines are being written', 'exitWhileWriting', 3, 2],
    ['by an uncaught error', 'uncaught', 1, 1],
    ['by an unhandled rejection', 'rejected', 1, 1],
    ['in a worker thread', 'worker', 0, 1],
  ]

  it.each(endings)('%s', async (_how, ending, code, times) => {
    const path = join(app.folder, `${ending}.log`)
    const result = await app.run([ending, path, '200'])
    expect(result.code).toBe(code)
    expect(readFileSync(path, 'utf8')).toBe(expected(200).repeat(times))
  })

  it('by process.exit, while a write waits for a thread: in order, each once', async () => {
    const path = join(app.folder, 'busy.log')
    await app.run(['exitWhileThreadsAreBusy', path, '20'], { env: { UV_THREADPOOL_SIZE: '1' } })
    expect(readFileSync(path, 'utf8')).toBe(expected(20) + 'on its way\n'.repeat(50) + expected(20))
  })

  it('by process.exit with half a megabyte queued', async () => {
    const path = join(app.folder, 'large.log')
    await app.run(['exit', path, '40000'])
    expect(readFileSync(path, 'utf8')).toBe(expected(40_000))
  })

  it('also the lines that exit handlers log', async () => {
    const path = join(app.folder, 'handlers.log')
    await app.run(['inExitHandler', path, '3'])
    expect(readFileSync(path, 'utf8')).toBe(`${expected(3)}at exit\nat exit\n`)
  })
})

it('a process without lines creates no file', async () => {
  const path = join(app.folder, 'nothing.log')
  expect((await app.run(['nothing', path, '0'])).code).toBe(0)
  expect(existsSync(path)).toBe(false)
})

it('a disk that is full does not change how the process ends', async () => {
  for (const [ending, code] of [
    ['natural', 0],
    ['exit', 3],
  ] as const) {
    expect(await app.run([ending, '/dev/full', '10'])).toEqual({ code, stdout: '', stderr: '' })
  }
})

it('a folder that is missing does not change how the process ends', async () => {
  for (const [ending, code] of [
    ['natural', 0],
    ['exit', 3],
  ] as const) {
    expect(await app.run([ending, '/nowhere/activity.log', '10'])).toEqual({ code, stdout: '', stderr: '' })
  }
})
