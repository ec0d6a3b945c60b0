import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../fixtures/fault-server.js'
import { createWay } from '../../fixtures/otlp-way.js'
import type { ExportNotes } from '../export-context.js'

// The notes for the next leader, and their order: before sending or writing, and after.

let server: FaultServer
let directory: string
let said: string[]
/** Whether this process still leads after the write. */
let leads = true

beforeEach(async () => {
  server = await startFaultServer()
  directory = mkdtempSync(join(tmpdir(), 'quipu-noted-'))
  said = []
  leads = true
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const onDisk = (): number =>
  readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.pb')).length
const say = (text: string): void => void said.push(`${text}: ${server.requests.length} sent, ${onDisk()} on disk`)
const notes: ExportNotes = {
  storing(files) {
    say(`storing ${files.length}`)
    return true
  },
  stored() {
    say('stored')
    return leads
  },
  sending: () => say('sending'),
  tried: (isExported) => say(`tried, ${isExported ? 'exported' : 'not exported'}`),
}
const settings = (path: string) => ({ directory: path, maxBytes: 1_000_000, maxAgeMs: 3_600_000 })

test('with a spool: a write is noted before and after it, and only then is the batch sent', async () => {
  const way = createWay(server.url, 'delta', settings(directory), notes)
  way.record(1)
  await way.export()
  expect(said).toEqual([
    'storing 1: 0 sent, 0 on disk',
    'stored: 0 sent, 1 on disk',
    'tried, exported: 1 sent, 0 on disk',
  ])
  await way.sender.shutdown()
})

test('with a spool, in an outage: batches on disk are noted as exported, whether accepted or not', async () => {
  await server.become('503')
  const way = createWay(server.url, 'delta', settings(directory), notes)
  way.record(1)
  await way.export()
  way.record(2)
  await way.export()
  expect(said.map((text) => text.replace(/:.*/, ''))).toEqual([
    'storing 1',
    'stored',
    'tried, exported',
    'storing 1',
    'stored',
    'tried, exported',
  ])
  expect(onDisk()).toBe(2)
  await way.sender.shutdown()
})

test('without a spool: a batch is noted before it is sent, and as not exported while it waits in memory', async () => {
  await server.become('503')
  const way = createWay(server.url, 'delta', undefined, notes)
  way.record(1)
  await way.export()
  expect(said[0]).toBe('sending: 0 sent, 0 on disk')
  expect(said.at(-1)).toBe('tried, not exported: 1 sent, 0 on disk')
  await server.become('none')
  await way.export()
  await way.sender.shutdown()
})

test('when the disk rejects a collection, no part of it stays on disk, and the rules for memory apply', async () => {
  writeFileSync(join(directory, 'metrics'), '')
  await server.become('503')
  const way = createWay(server.url, 'delta', settings(directory), notes)
  way.record(1)
  await way.export()
  expect(said).toEqual(['sending: 0 sent, 0 on disk', 'tried, not exported: 1 sent, 0 on disk'])
  rmSync(join(directory, 'metrics'))
  way.record(2)
  await way.export()
  // One note for both.
  expect(said[2]).toBe('storing 2: 1 sent, 0 on disk')
  expect(said[3]).toBe('stored: 1 sent, 2 on disk')
  await way.sender.shutdown()
})

test('a batch that a new leader exports is neither sent nor left on disk', async () => {
  const way = createWay(server.url, 'delta', settings(directory), notes)
  leads = false
  way.record(1)
  await way.export()
  expect(server.requests).toEqual([])
  expect(onDisk()).toBe(0)
  expect(way.sender.held()).toBe(0)
  await way.sender.shutdown()
  expect(way.ledger.totals).toMatchObject({ delivered: 0, dropped: 0 })
})

test('at the exit of the process the batch is noted, written and exported at once', async () => {
  await server.become('hang')
  const way = createWay(server.url, 'delta', settings(directory), notes)
  await way.sender.forceFlush()
  way.record(1)
  way.exit()
  expect(said).toEqual(['storing 1: 0 sent, 0 on disk', 'stored: 0 sent, 1 on disk'])
})
