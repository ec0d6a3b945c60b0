import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAppendFile } from './append-file.js'

let folder: string
let path: string

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'quipu-append-file-'))
  path = join(folder, 'activity.log')
})

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const bytes = (text: string) => new TextEncoder().encode(text)

/** The real file system with a disk that accepts a few bytes per write until it is full. */
function smallDisk(bytesAWrite: number, capacity: number) {
  const disk = { left: capacity }
  function write(
    descriptor: number,
    data: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
    done: (error: Error | null, count: number) => void,
  ): void {
    const count = Math.min(bytesAWrite, length, disk.left)
    disk.left -= count
    if (count === 0) done(new Error('ENOSPC'), 0)
    else fs.write(descriptor, data, offset, count, position, (error, written) => done(error, written))
  }
  // Only `write` differs, and only in the one form that is called.
  return { disk, fs: { ...fs, write: write as typeof fs.write } }
}

it('continues after a partial write', async () => {
  const file = createAppendFile(smallDisk(3, 1000).fs, path, 0o600)
  await file.ready()
  expect(await file.append(bytes('one\ntwo\n'))).toBe(8)
  await file.close()
  expect(fs.readFileSync(path, 'utf8')).toBe('one\ntwo\n')
})

it('returns the number of bytes written before the disk was full, and ends the torn line when there is space again', async () => {
  const small = smallDisk(100, 6)
  const file = createAppendFile(small.fs, path, 0o600)
  await file.ready()
  expect(await file.append(bytes('one\ntwo\n'))).toBe(6)
  await file.ready()
  expect(await file.append(bytes('three\n'))).toBe(0)
  small.disk.left = 1000
  await file.ready()
  expect(await file.append(bytes('four\n'))).toBe(5)
  await file.close()
  expect(fs.readFileSync(path, 'utf8')).toBe('one\ntw\nfour\n')
})

it('counts no byte as written when only the end of the torn line was written', async () => {
  fs.writeFileSync(path, 'torn')
  const small = smallDisk(100, 1)
  const file = createAppendFile(small.fs, path, 0o600)
  await file.ready()
  expect(await file.append(bytes('one\n'))).toBe(0)
  await file.close()
  expect(fs.readFileSync(path, 'utf8')).toBe('torn\n')
})

it('appends synchronously after a write in progress, each line once', async () => {
  const file = createAppendFile(fs, path, 0o600)
  await file.ready()
  const onItsWay = file.append(bytes('one\n'))
  file.appendNow(bytes('two\n'))
  await onItsWay
  await file.close()
  expect(fs.readFileSync(path, 'utf8')).toBe('one\ntwo\n')
})

it('appends synchronously to the new file when the old one was renamed', async () => {
  const file = createAppendFile(fs, path, 0o600)
  await file.ready()
  await file.append(bytes('one\n'))
  fs.renameSync(path, `${path}.1`)
  file.appendNow(bytes('two\n'))
  await file.close()
  expect(fs.readFileSync(path, 'utf8')).toBe('two\n')
})

it('ends a torn line before it appends synchronously, and only once', () => {
  fs.writeFileSync(path, 'torn')
  const file = createAppendFile(fs, path, 0o600)
  file.appendNow(bytes('one\n'))
  file.appendNow(bytes('two\n'))
  expect(fs.readFileSync(path, 'utf8')).toBe('torn\none\ntwo\n')
})

it('opens no file for a synchronous append of no bytes', () => {
  createAppendFile(fs, path, 0o600).appendNow(bytes(''))
  expect(fs.existsSync(path)).toBe(false)
})
