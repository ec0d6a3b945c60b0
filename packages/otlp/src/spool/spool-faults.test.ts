import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FaultServer, startFaultServer } from '../../fixtures/fault-server.js'
import { createWay } from '../../fixtures/otlp-way.js'

let server: FaultServer
let directory: string
const said: string[] = []

beforeEach(async () => {
  server = await startFaultServer()
  directory = mkdtempSync(join(tmpdir(), 'quipu-spool-'))
  said.length = 0
  const say = (text: string) => void said.push(text)
  diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, DiagLogLevel.ERROR)
})
afterEach(async () => {
  diag.disable()
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const settings = () => ({ directory, maxBytes: 10_000_000, maxAgeMs: 3_600_000 })
type Way = ReturnType<typeof createWay>

/** Number of disk errors by reason. */
function failures({ recorder }: Way, reason: string): number {
  const reading = recorder.readings().find(({ name }) => name === 'quipu_guard_catches_total')
  const cell = [...(reading?.cells() ?? [])].find(({ values }) => values[0] === `spool_${reason}`)
  return cell?.data[cell.at] ?? 0
}

/** Distinct points: a batch whose response was late is sent again. */
const actions = () => [
  ...new Set(server.arrived.filter(({ name }) => name === 'user_action_total').map(({ value }) => value)),
]
const files = () => readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.pb'))

/** Records and exports; checks that nothing throws, and that the host's turn does not wait for the disk. */
async function exportAll(way: Way, amounts: readonly number[]): Promise<void> {
  for (const amount of amounts) {
    way.record(amount)
    const before = files().length
    const exported = way.export()
    expect(files()).toHaveLength(before)
    await exported
  }
}

/** Exports until no batch waits, with a reachable back end. On a busy machine a response may be late. */
async function deliverAll(way: Way, amount: number): Promise<void> {
  await server.become('none')
  way.record(amount)
  await vi.waitFor(
    async () => {
      await way.export()
      expect(way.sender.held()).toBe(0)
    },
    { timeout: 20_000, interval: 10 },
  )
}

/** Permissions of the kernel cannot be installed, so a missing one skips the test even if every server must be real. */
const NO_MOUNT = 'this host does not let us mount a file system of 64 KiB'

describe('a spool that cannot be written', () => {
  it('on a full disk, errors are counted and reported once, and waiting batches are delivered', async (context) => {
    if (!mountSmall(directory)) return context.skip(NO_MOUNT)
    try {
      await server.become('refuse')
      const way = createWay(server.url, 'delta', settings())
      writeFileSync(join(directory, 'ballast'), new Uint8Array(60_000 - 4096))
      await exportAll(way, [1, 2, 3, 4, 5])
      expect(failures(way, 'ENOSPC')).toBeGreaterThan(0)
      expect(said.filter((text) => text.includes('ENOSPC'))).toHaveLength(1)
      expect(way.sender.held()).toBe(way.exported())

      // The disk has room again: waiting batches are written with the next ones.
      rmSync(join(directory, 'ballast'))
      await exportAll(way, [6])
      await vi.waitFor(() => expect(files()).toHaveLength(6))
      const failed = failures(way, 'ENOSPC')

      await deliverAll(way, 7)
      expect(actions()).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(way.ledger.totals).toMatchObject({ delivered: way.exported(), dropped: 0 })
      expect(failures(way, 'ENOSPC')).toBe(failed)
      await way.sender.shutdown()
      expect(files()).toEqual([])
    } finally {
      tryRun('umount', '-l', directory)
    }
  })

  it('at the exit with a full disk, loses only batches that do not fit, and does not delay the exit', async (context) => {
    if (!mountSmall(directory)) return context.skip(NO_MOUNT)
    try {
      await server.become('hang')
      const way = createWay(server.url, 'delta', settings())
      await way.sender.forceFlush()
      writeFileSync(join(directory, 'ballast'), new Uint8Array(64 * 1024))
      way.record(1)
      expect(() => way.exit()).not.toThrow()
      expect(failures(way, 'ENOSPC')).toBeGreaterThan(0)
      expect(files()).toEqual([])
    } finally {
      tryRun('umount', '-l', directory)
    }
  })

  it('reports a folder on a read-only disk without failing', async (context) => {
    if (!mountSmall(directory)) return context.skip(NO_MOUNT)
    try {
      expect(tryRun('mount', '-o', 'remount,ro', directory)).toBe(true)
      await server.become('refuse')
      const way = createWay(server.url, 'delta', settings())
      await exportAll(way, [1, 2])
      expect(failures(way, 'EROFS')).toBeGreaterThan(0)
      expect(said.filter((text) => text.includes('EROFS'))).toHaveLength(1)
      await deliverAll(way, 3)
      expect(actions()).toEqual([1, 2, 3])
      await way.sender.shutdown()
    } finally {
      tryRun('umount', '-l', directory)
    }
  })

  it('reports a folder of another user without failing', async (context) => {
    chmodSync(directory, 0o500)
    // File modes do not restrict root.
    const isRoot = process.getuid?.() === 0
    if (isRoot && !tryRun('chattr', '+i', directory)) return context.skip('root, and a file system without chattr')
    try {
      const way = createWay(server.url, 'delta', settings())
      await server.become('refuse')
      await exportAll(way, [1])
      expect(failures(way, isRoot ? 'EPERM' : 'EACCES')).toBeGreaterThan(0)
      await deliverAll(way, 2)
      expect(actions()).toEqual([1, 2])
      await way.sender.shutdown()
    } finally {
      if (isRoot) tryRun('chattr', '-i', directory)
      chmodSync(directory, 0o700)
    }
  })

  it('continues in a new folder when its folder is removed', async () => {
    await server.become('refuse')
    const way = createWay(server.url, 'delta', settings())
    await exportAll(way, [1])
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory)
    await exportAll(way, [2])
    expect(files()).toHaveLength(1)
    await deliverAll(way, 3)
    expect(actions()).toEqual([2, 3])
    const { delivered, dropped, errors } = way.ledger.totals
    expect(delivered + dropped).toBe(way.exported())
    expect(errors.map(String).join()).toContain('points on disk are gone')
    await way.sender.shutdown()
  })

  it('sends all readable files although one is unreadable', async () => {
    await server.become('refuse')
    const way = createWay(server.url, 'delta', settings())
    await exportAll(way, [1, 2])
    const [first = ''] = files().map(String).sort()
    // Reading a folder in place of the file gives the error EISDIR.
    rmSync(join(directory, first))
    mkdirSync(join(directory, first))
    await deliverAll(way, 3)
    expect(actions()).toEqual([2, 3])
    expect(failures(way, 'EISDIR')).toBe(1)
    await way.sender.shutdown()
  })
})

function mountSmall(path: string): boolean {
  return tryRun('mount', '-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', path)
}

function tryRun(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
