import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProducer, createRecorder } from '@quipu/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createGroupProducer, type GroupProducer } from './group-producer.js'
import { createMergedReadings } from './read/merged-readings.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-notes-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** One recorder with successive leaders. */
function createSuccession() {
  const recorder = createRecorder()
  let leading = 0
  const lead = (): GroupProducer & { readonly actions: () => number } => {
    const own = ++leading
    const producer = createGroupProducer(
      directory,
      {
        ...createMergedReadings(directory, 'own', recorder),
        leads: () => leading === own,
        onLead: (listener) => listener(),
      },
      (readings) => createProducer(readings, recorder.clock, { temporality: 'delta' }),
      { temporality: 'delta', isSpoolFile: (name) => name.endsWith('.pb') },
    )
    const actions = (): number => {
      const { scopeMetrics } = producer.collectNow().resourceMetrics
      const metrics = scopeMetrics.flatMap(({ metrics }) => metrics)
      const found = metrics.find(({ descriptor }) => descriptor.name === 'user_action_total')
      return (found?.dataPoints ?? []).reduce((sum, { value }) => sum + Number(value), 0)
    }
    return { ...producer, actions }
  }
  return { lead, act: (times: number) => recorder.metrics.user_action_total.add(times, { action_type: 'acted' }) }
}

const spoolFile = (sequence: number): string => {
  const path = join(directory, `${sequence}.pb`)
  writeFileSync(path, 'x')
  return path
}

it('exports again the points of a leader that was killed before it sent or wrote them', () => {
  const { lead, act } = createSuccession()
  act(3)
  expect(lead().actions()).toBe(3)
  expect(lead().actions()).toBe(3)
})

it('removes files that a killed leader was writing, and exports their points again', () => {
  const { lead, act } = createSuccession()
  const first = lead()
  act(3)
  first.actions()
  const files = [spoolFile(0), spoolFile(1)]
  expect(first.notes?.storing(files)).toBe(true)
  const next = lead()
  expect(files.filter(existsSync)).toEqual([])
  expect(next.actions()).toBe(3)
})

it('does not export again points that are on disk', () => {
  const { lead, act } = createSuccession()
  const first = lead()
  act(3)
  first.actions()
  const file = spoolFile(0)
  first.notes?.storing([file])
  expect(first.notes?.stored()).toBe(true)
  act(1)
  expect(lead().actions()).toBe(1)
  expect(existsSync(file)).toBe(true)
})

it('counts points in progress that are not on disk as exported', () => {
  const { lead, act } = createSuccession()
  const first = lead()
  act(3)
  first.actions()
  first.notes?.sending()
  expect(lead().actions()).toBe(0)
})

it('exports again points that waited in memory after an attempt, or that the disk rejected', () => {
  const { lead, act } = createSuccession()
  const first = lead()
  act(3)
  first.actions()
  first.notes?.storing([spoolFile(0)])
  first.notes?.sending()
  first.notes?.tried(false)
  expect(lead().actions()).toBe(3)
})

it('leaves points that are not noted as exported to its successor', () => {
  const { lead, act } = createSuccession()
  const first = lead()
  act(3)
  first.actions()
  first.notes?.storing([spoolFile(0)])
  const next = lead()
  expect(first.notes?.stored()).toBe(false)
  expect(first.notes?.storing([spoolFile(1)])).toBe(false)
  first.notes?.sending()
  expect(next.actions()).toBe(3)
  expect(lead().actions()).toBe(3)
})

it('removes only files that a spool has written, for any content of a note', () => {
  const { lead } = createSuccession()
  const file = join(directory, 'notes.txt')
  writeFileSync(file, 'x')
  writeFileSync(join(directory, 'spooling.json'), JSON.stringify({ archived: [], series: [], files: [file, 7] }))
  lead()
  expect(existsSync(file)).toBe(true)
})
