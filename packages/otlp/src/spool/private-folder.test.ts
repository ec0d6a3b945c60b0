import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QuipuError } from '@quipu/catalog/builtin'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FaultServer, startFaultServer } from '../../fixtures/fault-server.js'
import { createWay } from '../../fixtures/otlp-way.js'
import { checkSpoolDirectory, openPrivateFolder } from './private-folder.js'

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'quipu-private-'))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

const isRoot = process.getuid?.() === 0
const OTHER_USER = 65_534

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return QuipuError.isInstance(error) ? error.code : String(error)
  }
}

describe('a directory for a spool', () => {
  const inOrder: readonly (readonly [string, (path: string) => void])[] = [
    ['that does not exist yet', () => undefined],
    ['of this user alone', (path) => mkdirSync(path, { mode: 0o700 })],
    ['that others may read', (path) => mkdirSync(path, { mode: 0o755 })],
  ]
  it.each(inOrder)('%s is used', (_, make) => {
    const path = join(top, 'spool')
    make(path)
    expect(codeOf(() => checkSpoolDirectory(path))).toBeUndefined()
    const folder = openPrivateFolder(path, 'metrics')
    expect(statSync(join(path, 'metrics')).mode & 0o777).toBe(0o700)
    folder.close()
  })

  const refused: readonly (readonly [string, (path: string) => void])[] = [
    ['that is a link', (path) => symlinkSync(top, path)],
    ['that leads nowhere as a link', (path) => symlinkSync(join(top, 'nowhere'), path)],
    [
      'that everybody may write to',
      (path) => {
        mkdirSync(path)
        chmodSync(path, 0o777)
      },
    ],
    [
      'that a group may write to',
      (path) => {
        mkdirSync(path)
        chmodSync(path, 0o770)
      },
    ],
    ...(isRoot
      ? [
          [
            'of another user',
            (path: string) => {
              mkdirSync(path)
              chownSync(path, OTHER_USER, OTHER_USER)
            },
          ] as const,
        ]
      : []),
  ]
  it.each(refused)('%s is refused with a coded error, and does not change', (_, make) => {
    const path = join(top, 'spool')
    make(path)
    const before = existsSync(path) ? statSync(path) : undefined
    expect(codeOf(() => checkSpoolDirectory(path))).toBe('QUIPU_SPOOL_REFUSED')
    expect(codeOf(() => openPrivateFolder(path, 'metrics'))).toBe('QUIPU_SPOOL_REFUSED')
    expect(existsSync(join(top, 'nowhere'))).toBe(false)
    if (before !== undefined) {
      expect([statSync(path).mode, statSync(path).uid]).toEqual([before.mode, before.uid])
      expect(readdirSync(path)).not.toContain('metrics')
    }
  })

  it.each(refused)('a folder in it %s is refused too', (_, make) => {
    const path = join(top, 'spool')
    mkdirSync(path)
    make(join(path, 'metrics'))
    expect(codeOf(() => openPrivateFolder(path, 'metrics'))).toBe('QUIPU_SPOOL_REFUSED')
  })
})

it('leads to the same folder after its path was replaced', () => {
  const path = join(top, 'spool')
  const folder = openPrivateFolder(path, 'metrics')
  mkdirSync(join(top, 'victim'))
  renameSync(join(path, 'metrics'), join(path, 'gone'))
  symlinkSync(join(top, 'victim'), join(path, 'metrics'))
  expect(folder.isThere()).toBe(false)
  try {
    writeFileSync(folder.at('file'), 'text')
  } catch {
    // On systems without paths of descriptors, the folder is no longer used.
  }
  expect(readdirSync(join(top, 'victim'))).toEqual([])
  folder.close()
  expect(() => folder.at('file')).toThrow('is not there')
})

describe('a spool whose folder is exchanged while it runs', () => {
  let server: FaultServer
  beforeEach(async () => {
    server = await startFaultServer()
  })
  afterEach(() => server.close())

  it('keeps waiting batches in memory, and touches no other file', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    const directory = join(top, 'spool')
    const way = createWay(server.url, 'delta', { directory, maxBytes: 1e6, maxAgeMs: 1e6 })
    await server.become('refuse')
    way.record(1)
    await way.export()
    mkdirSync(join(top, 'victim'), { mode: 0o755 })
    renameSync(join(directory, 'metrics'), join(directory, 'gone'))
    symlinkSync(join(top, 'victim'), join(directory, 'metrics'))
    way.record(2)
    await way.export()
    expect(readdirSync(join(top, 'victim'))).toEqual([])
    expect(statSync(join(top, 'victim')).mode & 0o777).toBe(0o755)
    expect(said.mock.calls.join()).toContain('QUIPU_SPOOL_REFUSED')
    await server.become('none')
    await way.export()
    expect(way.sender.held()).toBe(0)
    await way.sender.shutdown()
    said.mockRestore()
  })
})

it.runIf(isRoot)('a volume of root that all may write to is accepted for another user, but not for root', () => {
  chmodSync(top, 0o777)
  expect(codeOf(() => checkSpoolDirectory(top))).toBe('QUIPU_SPOOL_REFUSED')
  const user = vi.spyOn(process, 'getuid').mockReturnValue(OTHER_USER)
  expect(codeOf(() => checkSpoolDirectory(top))).toBeUndefined()
  // Its content must still belong to the user.
  expect(codeOf(() => openPrivateFolder(top, 'metrics'))).toBe('QUIPU_SPOOL_REFUSED')
  user.mockRestore()
})
