import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileSink } from './file-sink.js'
import type { ActivitySink } from './sink.js'

let folder: string
let path: string
const sinks: ActivitySink[] = []

function open(options?: Parameters<typeof fileSink>[1], at = path): ActivitySink {
  const sink = fileSink(at, options)
  sinks.push(sink)
  return sink
}

const event = { event: 'e', user: null, fields: {}, unixMs: 0 }

/** Writes lines and waits for their outcomes. */
async function write(sink: ActivitySink, ...lines: string[]): Promise<unknown[]> {
  return Promise.all(lines.map((line) => sink.write(line, event)))
}

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'quipu-file-sink-'))
  path = join(folder, 'activity.log')
})

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close?.()
  fs.rmSync(folder, { recursive: true, force: true })
})

const content = (at = path) => fs.readFileSync(at, 'utf8')

describe('a file sink', () => {
  it('opens nothing before the first line', async () => {
    const sink = open()
    await sink.flush?.()
    await sink.close?.()
    expect(fs.readdirSync(folder)).toEqual([])
  })

  it('appends each line once, in order', async () => {
    fs.writeFileSync(path, 'there before\n')
    expect(await write(open(), 'one', 'two', 'three')).toEqual(['written', 'written', 'written'])
    expect(content()).toBe('there before\none\ntwo\nthree\n')
  })

  it('creates the file for its owner only, and keeps the mode of an existing file', async () => {
    await write(open(), 'one')
    expect(fs.statSync(path).mode & 0o777).toBe(0o600)
    const other = join(folder, 'other.log')
    fs.writeFileSync(other, '', { mode: 0o644 })
    await write(open({}, other), 'one')
    expect(fs.statSync(other).mode & 0o777).toBe(0o644)
  })

  it('does not follow a change of the working directory', async () => {
    const before = process.cwd()
    const sink = (() => {
      try {
        process.chdir(folder)
        return open({}, 'activity.log')
      } finally {
        process.chdir(before)
      }
    })()
    await write(sink, 'one')
    expect(content()).toBe('one\n')
  })

  it('writes text of any script as UTF-8', async () => {
    await write(open(), 'Zürich 田中 \u{1f600}', 'next')
    expect(content()).toBe('Zürich 田中 \u{1f600}\nnext\n')
  })

  it('does not wait for the disk', () => {
    const sink = open()
    sink.write('one', event)
    // A thread may have created the file by now; the line is written after this function has returned.
    expect(fs.existsSync(path) ? content() : '').toBe('')
  })

  it('flush resolves when all lines are in the file', async () => {
    const sink = open()
    for (let index = 0; index < 1000; index++) sink.write(`line ${index}`, event)
    await sink.flush?.()
    expect(content().split('\n')).toHaveLength(1001)
  })

  it('drops lines after close', async () => {
    const sink = open()
    await write(sink, 'one')
    await sink.close?.()
    expect(await write(sink, 'two')).toEqual(['dropped'])
    expect(content()).toBe('one\n')
  })

  it('refuses an invalid path', () => {
    for (const bad of ['', 'a\0b', undefined as unknown as string]) {
      expect(() => fileSink(bad)).toThrow(/QUIPU_CONFIG_INVALID|needs the path/)
    }
  })

  it('shares a file with other sinks without tearing lines', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        const sink = open()
        const lines = Array.from({ length: 200 }, (_unused, line) => `writer ${writer} line ${line}`)
        return write(sink, ...lines)
      }),
    )
    expect(outcomes.flat().every((outcome) => outcome === 'written')).toBe(true)
    expect(new Set(content().trimEnd().split('\n')).size).toBe(1600)
  })
})

describe('rotation', () => {
  it('by rename: later lines go to a new file of the name, with mode 0600', async () => {
    const sink = open()
    await write(sink, 'one')
    fs.renameSync(path, `${path}.1`)
    expect(await write(sink, 'two')).toEqual(['written'])
    expect([content(`${path}.1`), content()]).toEqual(['one\n', 'two\n'])
    expect(fs.statSync(path).mode & 0o777).toBe(0o600)
  })

  it('by rename and create: later lines go to the new file', async () => {
    const sink = open()
    await write(sink, 'one')
    fs.renameSync(path, `${path}.1`)
    fs.writeFileSync(path, 'header\n')
    await write(sink, 'two')
    expect([content(`${path}.1`), content()]).toEqual(['one\n', 'header\ntwo\n'])
  })

  it('by removal: later lines go to a new file', async () => {
    const sink = open()
    await write(sink, 'one')
    fs.unlinkSync(path)
    await write(sink, 'two')
    expect(content()).toBe('two\n')
  })

  it('by copy and truncation: later lines start at the beginning, without a hole', async () => {
    const sink = open()
    await write(sink, 'one')
    fs.copyFileSync(path, `${path}.1`)
    fs.truncateSync(path)
    await write(sink, 'two')
    expect([content(`${path}.1`), content()]).toEqual(['one\n', 'two\n'])
  })

  it('a hundred times loses nothing', async () => {
    const sink = open()
    for (let index = 0; index < 100; index++) {
      await write(sink, `line ${index}`)
      fs.renameSync(path, `${path}.${index}`)
    }
    const lines = Array.from({ length: 100 }, (_, index) => content(`${path}.${index}`))
    expect(lines).toEqual(Array.from({ length: 100 }, (_, index) => `line ${index}\n`))
  })
})

describe('errors of the disk', () => {
  it('a full disk fails only the lines', async () => {
    expect(await write(open({}, '/dev/full'), 'one', 'two')).toEqual(['failed', 'failed'])
  })

  it('a missing folder fails the lines, until it exists', async () => {
    const late = join(folder, 'late', 'activity.log')
    const sink = open({}, late)
    expect(await write(sink, 'one')).toEqual(['failed'])
    fs.mkdirSync(join(folder, 'late'))
    expect(await write(sink, 'two')).toEqual(['written'])
    expect(content(late)).toBe('two\n')
  })

  it('a folder at the path of the file fails the lines', async () => {
    expect(await write(open({}, folder), 'one')).toEqual(['failed'])
  })

  it('a FIFO without a reader fails lines when it is full, and does not block', async () => {
    const fifo = join(folder, 'fifo')
    const { execFileSync } = await import('node:child_process')
    execFileSync('mkfifo', [fifo])
    const sink = open({}, fifo)
    const outcomes = await write(sink, ...Array.from({ length: 20 }, () => 'x'.repeat(10_000)))
    expect(outcomes).toContain('failed')
  })

  it('a line torn by a crash stays a separate line', async () => {
    fs.writeFileSync(path, 'whole\nto')
    const sink = open()
    await write(sink, 'one')
    await write(sink, 'two')
    expect(content()).toBe('whole\nto\none\ntwo\n')
  })

  it('a torn line in a file that is then truncated leaves no empty line', async () => {
    fs.writeFileSync(path, 'to')
    const sink = open()
    await write(sink, 'one')
    fs.truncateSync(path)
    await write(sink, 'two')
    expect(content()).toBe('two\n')
  })

  it('lines beyond the buffer are dropped, and later lines are written when it has drained', async () => {
    const sink = open({ maxBufferBytes: 100 })
    const line = 'x'.repeat(49)
    expect(await write(sink, line, line, line, line)).toEqual(['written', 'written', 'dropped', 'dropped'])
    expect(await write(sink, line)).toEqual(['written'])
    expect(content()).toBe(`${line}\n`.repeat(3))
  })

  it('the buffer is measured in bytes', async () => {
    expect(await write(open({ maxBufferBytes: 10 }), '田中田', '田')).toEqual(['written', 'dropped'])
  })
})
