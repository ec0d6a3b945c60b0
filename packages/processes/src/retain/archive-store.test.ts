import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Archive } from './archive.js'
import { createArchiveStore } from './archive-store.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const adding =
  (id: string) =>
  (before: Archive): Archive => ({ ...before, archived: [...before.archived, id] })

it('returns the last archive to all processes', () => {
  const [one, two] = [createArchiveStore(directory), createArchiveStore(directory)]
  expect(one.read()).toEqual({ archived: [], series: [] })
  expect(one.change(adding('a'))).toBe(true)
  expect(two.change(adding('b'))).toBe(true)
  expect([one.read().archived, two.read().archived, one.number]).toEqual([['a', 'b'], ['a', 'b'], 2])
  expect(readdirSync(directory)).toEqual(['archive-2'])
})

it.each([1, 2, 3])('does not replace a newer archive of a faster process by an old one, by %d', (changes) => {
  const [slow, fast] = [createArchiveStore(directory), createArchiveStore(directory)]
  slow.change(adding('first'))
  const said = slow.change((before) => {
    for (let i = 0; i < changes; i++) fast.change(adding(`fast ${i}`))
    return adding('slow')(before)
  })
  expect(said).toBe(false)
  expect(slow.read()).toEqual(fast.read())
  expect(slow.read().archived).toHaveLength(1 + changes)
  expect(readdirSync(directory)).toEqual([`archive-${1 + changes}`])
})

it('keeps the additions of several processes that are stopped in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 12 }), (order) => {
      rmSync(directory, { recursive: true, force: true })
      mkdirSync(directory)
      const stores = [0, 1, 2].map(() => createArchiveStore(directory))
      const kept: string[] = []
      // Each is stopped within its change while the rest of the order happens.
      const run = (at: number): void => {
        const store = stores[order[at] ?? 0]
        if (at >= order.length || store === undefined) return
        const isKept = store.change((before) => {
          run(at + 1)
          return adding(`${at}`)(before)
        })
        if (isKept) kept.push(`${at}`)
      }
      run(0)
      expect([...createArchiveStore(directory).read().archived].sort()).toEqual(kept.sort())
    }),
    { numRuns: 50 },
  )
})

it('does not treat an unreadable archive as empty', () => {
  mkdirSync(join(directory, 'archive-1'))
  const store = createArchiveStore(directory)
  expect(() => store.read()).toThrow('is not a file')
  expect(() => store.change(adding('a'))).toThrow('is not a file')
})

it('returns the last archive after the folder was cleared, and continues from it', () => {
  const store = createArchiveStore(directory)
  store.change(adding('a'))
  rmSync(join(directory, 'archive-1'))
  expect(store.read().archived).toEqual(['a'])
  expect(store.change(adding('b'))).toBe(true)
  expect(createArchiveStore(directory).read().archived).toEqual(['a', 'b'])
})

it('treats another program’s file as empty', () => {
  writeFileSync(join(directory, 'archive-1'), '{"archived":7}')
  expect(createArchiveStore(directory).read()).toEqual({ archived: [], series: [] })
})
