import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFolder, removeDeadGroups, removeLeftovers } from './group-folder.js'
import { ownProcessId } from './process-id.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const write = (...names: readonly string[]): void => {
  for (const name of names) writeFileSync(join(directory, name), '')
}

it('removes incomplete files of a killed process, but no files of a living one and no other entries', () => {
  const [dead, other, living] = ['4194300-1-4194300t0-0-x', '4194301-1-4194301t0-0-x', `${ownProcessId()}-0-x`]
  const kept = [
    `${living}.series`,
    `archive-7.${living}`,
    `${dead}.series`,
    `${dead}.numbers`,
    'archive-6',
    'leader-3',
    'instance',
    'notes.txt',
  ]
  write(...kept, `${other}.series`, `${dead}.series.new`, `archive-7.${dead}`, `leader-aside.${dead}`)
  write(`leader-4.${dead}`, `exported.json.${dead}`, `id-key.${dead}`)
  removeLeftovers(directory)
  expect(readdirSync(directory).sort()).toEqual([...kept].sort())
})

it('does not follow a link in place of a group’s folder', () => {
  const link = join(tmpdir(), `quipu-${process.getuid?.() ?? 'u'}-4194302-1`)
  write('instance', 'x.series')
  symlinkSync(directory, link)
  try {
    removeDeadGroups()
    expect(readdirSync(directory)).toEqual(['instance', 'x.series'])
    expect(() => openFolder(link)).toThrow('must belong to this user only')
  } finally {
    rmSync(link)
  }
})

it('keeps a dead group’s folder that others can read', () => {
  const open = join(tmpdir(), `quipu-${process.getuid?.() ?? 'u'}-4194303-1`)
  mkdirSync(open, { mode: 0o755 })
  try {
    removeDeadGroups()
    expect(existsSync(open)).toBe(true)
  } finally {
    rmSync(open, { recursive: true, force: true })
  }
})
