import { afterEach, describe, expect, it, vi } from 'vitest'
import { seriesOf } from '../../fixtures/all-series.js'
import { createRecorder, type Recorder } from '../index.js'

afterEach(() => vi.unstubAllEnvs())

const idOf = (recorder: Recorder, id = 'user-42'): string | undefined => {
  recorder.updateWorkspaceSize(id, 1)
  return Object.keys(seriesOf(recorder, 'workspace_size_bytes'))[0]
}

describe('one user has one id over restarts and replicas', () => {
  const key = 'a secret of the deployment'

  it('when the recorder is given a key, at once or later', () => {
    const late = createRecorder()
    late.configure({ idKey: key })
    expect(idOf(late)).toBe(idOf(createRecorder({ idKey: key })))
  })

  it('when the environment has a key, which one in code outranks', () => {
    vi.stubEnv('QUIPU_ID_KEY', key)
    expect(idOf(createRecorder())).toBe(idOf(createRecorder({ idKey: key })))
    expect(idOf(createRecorder({ idKey: 'another secret of it' }))).not.toBe(idOf(createRecorder()))
  })

  it('but not when the key in the environment is too short to keep anything secret', () => {
    vi.stubEnv('QUIPU_ID_KEY', 'short')
    expect(idOf(createRecorder())).not.toBe(idOf(createRecorder()))
  })
})

it('ids are plain where that is chosen, also later', () => {
  const recorder = createRecorder()
  recorder.configure({ ids: 'plain' })
  expect(idOf(recorder)).toBe('{user_id="user-42"}')
})

it('long ids of one beginning or one end stay apart', () => {
  const recorder = createRecorder()
  const long = 'x'.repeat(1_000_000)
  for (const id of [long, `${long}y`, `y${long}`, `${long}x`]) recorder.updateWorkspaceSize(id, 1)
  expect(Object.keys(seriesOf(recorder, 'workspace_size_bytes'))).toHaveLength(4)
})
