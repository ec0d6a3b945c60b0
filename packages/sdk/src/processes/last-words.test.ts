import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecorder } from '@quipu/core'
import { expect, it } from 'vitest'
import { createLastWords } from './last-words.js'
import { addLastLines } from './line-file.js'
import { createMergedReadings } from './merged-readings.js'
import { createPublisher } from './publisher.js'

/** More than any kernel gives out. */
const NO_TASK = 99_999_999
const deadThread = `${NO_TASK}-0-${process.pid}t7-0-x`

it('awaits the last words of a thread whose process is there, for a while', () => {
  let now = 0
  const lastWords = createLastWords(() => now)
  expect(lastWords.areAwaited(deadThread)).toBe(true)
  now = 4999
  expect(lastWords.areAwaited(deadThread)).toBe(true)
  now = 5000
  expect(lastWords.areAwaited(deadThread)).toBe(false)
})

it('awaits none of a main thread, nor of a thread that has ended with its process', () => {
  const lastWords = createLastWords(() => 0)
  expect(lastWords.areAwaited(`${NO_TASK}-0-${process.pid}t0-0-x`)).toBe(false)
  expect(lastWords.areAwaited(`${NO_TASK}-0-${NO_TASK}t7-0-x`)).toBe(false)
})

it('puts away what a dead thread has left only when somebody has said that it is dead', () => {
  const directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
  const recorder = createRecorder()
  createPublisher(directory, deadThread, recorder).publish()
  const { tidy } = createMergedReadings(directory, 'own', recorder)
  const published = (): string[] => readdirSync(directory).filter((name) => name.startsWith(deadThread))
  tidy()
  expect(published()).toHaveLength(2)
  addLastLines(join(directory, `${deadThread}.series`), [['dead']])
  tidy()
  expect(published()).toEqual([])
  rmSync(directory, { recursive: true, force: true })
})
