import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type App, createApp } from '../fixtures/run-app.js'
import { streamSink } from './stream-sink.js'

const event = { event: 'e', user: null, fields: {}, unixMs: 0 }

describe('a stream sink', () => {
  it('writes only each line with its newline', async () => {
    const chunks: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk))
        done()
      },
    })
    const sink = streamSink(() => stream)
    expect(await sink.write('one', event)).toBe('written')
    expect(await sink.write('two', event)).toBe('written')
    expect(chunks).toEqual(['one\n', 'two\n'])
  })

  it('drops lines when the stream’s buffer exceeds the limit', async () => {
    const stream = new Writable({ write: () => {} })
    const sink = streamSink(() => stream, { maxBufferBytes: 10 })
    void sink.write('0123456789', event)
    expect(sink.write('one too many', event)).toBe('dropped')
  })

  it('fails the line when the stream fails, and leaves no listener', async () => {
    const stream = new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
    const sink = streamSink(() => stream)
    expect(await sink.write('one', event)).toBe('failed')
    expect(await sink.write('two', event)).toBe('failed')
    await new Promise(setImmediate)
    expect(stream.listenerCount('error')).toBe(0)
  })

  it('leaves errors to the host’s listeners, if it has any', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
    const listener = vi.fn()
    stream.on('error', listener)
    expect(await streamSink(() => stream).write('one', event)).toBe('failed')
    await new Promise(setImmediate)
    expect(listener).toHaveBeenCalledOnce()
  })

  it('fails the line when the stream has ended, was destroyed or throws', async () => {
    const ended = new Writable({ write: (_chunk, _encoding, done) => done() })
    ended.end()
    const destroyed = new Writable({ write: (_chunk, _encoding, done) => done() })
    destroyed.destroy()
    const throwing = new Writable({ write: (_chunk, _encoding, done) => done() })
    throwing.write = () => {
      throw new Error('no more')
    }
    const emitting = new Writable({ write: (_chunk, _encoding, done) => done() })
    emitting.write = () => emitting.emit('error', new Error('at once'))
    for (const stream of [ended, destroyed, throwing, emitting]) {
      expect(await streamSink(() => stream).write('one', event)).toBe('failed')
    }
  })

  it('uses the console without a stream', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    expect(streamSink(() => undefined).write('one', event)).toBe('written')
    expect(log.mock.calls).toEqual([['one']])
    log.mockRestore()
  })
})

describe('standard output of a real process', () => {
  let app: App

  beforeAll(async () => {
    app = await createApp(`
      import { closeSync, openSync, writeFileSync } from 'node:fs'
      import { Worker } from 'node:worker_threads'
      import { stdoutSink } from 'src/stream-sink.ts'
      const [mode, count] = process.argv.slice(2)
      const event = { event: 'e', user: null, fields: {}, unixMs: 0 }
      const sink = stdoutSink()
      // Its output is piped into that of the process.
      const worker = mode === 'worker' ? new Worker('setInterval(() => {}, 1000)', { eval: true }) : undefined
      if (mode === 'closed') {
        closeSync(1)
        openSync('/dev/null', 'r')
      }
      const outcomes = { written: 0, dropped: 0, failed: 0 }
      for (let i = 0; i < Number(count); i++) {
        Promise.resolve(sink.write('line ' + i, event)).then((outcome) => { outcomes[outcome]++ })
        if (i % 100 === 0) await new Promise(setImmediate)
      }
      setTimeout(() => {
        writeFileSync('outcomes.json', JSON.stringify(outcomes))
        process.exit(7)
      }, 100)
    `)
  }, 60_000)

  afterAll(() => app.remove())

  beforeEach(() => rmSync(join(app.folder, 'outcomes.json'), { force: true }))

  const outcomes = () => JSON.parse(readFileSync(join(app.folder, 'outcomes.json'), 'utf8'))

  it('gets every line unchanged', async () => {
    const { stdout, stderr, code } = await app.run(['pipe', '1000'])
    expect(stdout).toBe(Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join(''))
    expect([stderr, code]).toEqual(['', 7])
  })

  it.each(['alone', 'worker'])(
    'a reader that closes the pipe loses lines, and the process continues (%s)',
    async (mode) => {
      const pipeline = `{ app ${mode} 5000; echo "exit $?" >&2; } | head -n 1`
      const { stdout, stderr } = await app.run([], { pipeline })
      expect(stdout).toBe('line 0\n')
      expect(stderr).toBe('exit 7\n')
      expect(outcomes().failed).toBeGreaterThan(0)
    },
  )

  it('a reader that does not read loses lines, and the process does not wait', async () => {
    const pipeline =
      '{ app pipe 200000; echo "exit $?" >&2; } | { while [ ! -s outcomes.json ]; do sleep 0.1; done; head -n 1; }'
    const { stdout, stderr } = await app.run([], { pipeline })
    expect(stdout).toBe('line 0\n')
    expect(stderr).toBe('exit 7\n')
    expect(outcomes().dropped).toBeGreaterThan(0)
  })

  it('a full disk loses lines, and the process continues', async () => {
    const { stderr } = await app.run([], { pipeline: 'app pipe 10 > /dev/full; echo "exit $?" >&2' })
    expect(stderr).toBe('exit 7\n')
    expect(outcomes()).toMatchObject({ written: 0, failed: 10 })
  })

  it('a closed descriptor loses lines, and the process continues', async () => {
    const { stderr, code } = await app.run(['closed', '10'])
    expect([stderr, code]).toEqual(['', 7])
    expect(outcomes()).toMatchObject({ written: 0, failed: 10 })
  })
})
