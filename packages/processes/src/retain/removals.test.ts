import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecorder } from '@quipu/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ownProcessId } from '../identity/process-id.js'
import { createPublisher } from '../publish/publisher.js'
import { createMergedReadings } from '../read/merged-readings.js'
import { createArchiveStore } from './archive-store.js'
import { createRemovals } from './removals.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** An id without a process. */
const DEAD = '4194300-1-4194300t0-0'

/** The parts of a group's process that removals use, with this process's id, so that it is alive. */
function createMember(id: string) {
  const recorder = createRecorder({ ids: 'plain' })
  const publisher = createPublisher(directory, id, recorder)
  const removals = createRemovals(recorder, createArchiveStore(directory), publisher)
  removals.exchange()
  const merged = createMergedReadings(directory, id, recorder)
  return {
    recorder,
    tidy: merged.tidy,
    publish() {
      removals.exchange()
      publisher.publish()
    },
    /** Users with a visible workspace. */
    users: () =>
      merged
        .readings()
        .find(({ name }) => name === 'workspace_size_bytes')
        ?.cells()
        .map(({ values }) => values[0])
        .sort(),
    own: () =>
      recorder
        .readings()
        .find(({ name }) => name === 'workspace_size_bytes')
        ?.cells().length,
  }
}

const living = (n: number): string => `${ownProcessId()}-${n}`

it('a removal in one process removes the series in all processes, even if that one had no such series', () => {
  const [one, other] = [createMember(living(0)), createMember(living(1))]
  other.recorder.updateWorkspaceSize('jane', 10)
  other.recorder.updateWorkspaceSize('joan', 10)
  other.publish()
  expect(one.users()).toEqual(['jane', 'joan'])
  one.recorder.deleteWorkspace('jane')
  one.publish()
  // Effective at once, although the other process has not applied it.
  expect([one.users(), other.own()]).toEqual([['joan'], 2])
  other.publish()
  expect([one.users(), other.users(), other.own()]).toEqual([['joan'], ['joan'], 1])
})

it('shows series that are recorded again after a removal', () => {
  const [one, other] = [createMember(living(0)), createMember(living(1))]
  other.recorder.updateWorkspaceSize('jane', 10)
  other.publish()
  one.recorder.deleteWorkspace('jane')
  one.publish()
  other.publish()
  other.recorder.updateWorkspaceSize('jane', 20)
  other.publish()
  expect([one.users(), other.users()]).toEqual([['jane'], ['jane']])
  // A process that joins later has missed nothing.
  expect(createMember(living(2)).users()).toEqual(['jane'])
})

it('keeps values that the removing process recorded again before its announcement', () => {
  const [one, other] = [createMember(living(0)), createMember(living(1))]
  one.recorder.updateWorkspaceSize('jane', 10)
  one.publish()
  one.recorder.deleteWorkspace('jane')
  one.recorder.updateWorkspaceSize('jane', 20)
  one.publish()
  expect([one.own(), other.users()]).toEqual([1, ['jane']])
})

it('removes it from the values of dead processes, archived or not', () => {
  const [one, dead] = [createMember(living(0)), createMember(DEAD)]
  dead.recorder.updateWorkspaceSize('jane', 10)
  dead.recorder.updateWorkspaceSize('joan', 10)
  dead.publish()
  one.recorder.deleteWorkspace('jane')
  one.publish()
  expect(one.users()).toEqual(['joan'])
  one.tidy()
  expect(one.users()).toEqual(['joan'])
  one.recorder.deleteWorkspace('joan')
  one.publish()
  expect(one.users()).toEqual([])
  const [state = ''] = readdirSync(directory).filter((name) => name.startsWith('archive-'))
  const { series } = JSON.parse(readFileSync(join(directory, state), 'utf8'))
  expect(series.filter(({ metric }: { metric: string }) => metric === 'workspace_size_bytes')).toEqual([])
})

it('remembers a bounded number of removals', () => {
  const [one, other] = [createMember(living(0)), createMember(living(1))]
  for (let i = 0; i < 12_000; i++) one.recorder.deleteWorkspace(`user ${i}`)
  other.recorder.updateWorkspaceSize('user 11999', 1)
  one.publish()
  other.publish()
  expect(other.own()).toBe(0)
  expect(createArchiveStore(directory).read().removals).toHaveLength(10_000)
})
