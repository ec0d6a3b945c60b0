import { afterEach, describe, expect, it, vi } from 'vitest'
import { seriesOf } from '../../fixtures/all-series.js'
import { createStore } from '../create-store.js'
import type { Store } from '../store.js'

afterEach(() => vi.unstubAllEnvs())

const idOf = (store: Store, id = 'user-42'): string | undefined => {
  store.metrics.workspace_size_bytes.set(1, { user_id: id })
  return Object.keys(seriesOf(store, 'workspace_size_bytes'))[0]
}

describe('a user has one pseudonym across restarts and replicas', () => {
  const key = 'a secret of the deployment'

  it('if the store gets a key, at once or later', () => {
    const late = createStore()
    late.configure({ idKey: key })
    expect(idOf(late)).toBe(idOf(createStore({ idKey: key })))
  })

  it('if the environment has a key, over which one in code takes precedence', () => {
    vi.stubEnv('QUIPU_ID_KEY', key)
    expect(idOf(createStore())).toBe(idOf(createStore({ idKey: key })))
    expect(idOf(createStore({ idKey: 'another secret of it' }))).not.toBe(idOf(createStore()))
  })

  it('but not if the key in the environment is too short', () => {
    vi.stubEnv('QUIPU_ID_KEY', 'short')
    expect(idOf(createStore())).not.toBe(idOf(createStore()))
  })
})

it('ids are plain if the option is set, also later', () => {
  const store = createStore()
  store.configure({ ids: 'plain' })
  expect(idOf(store)).toBe('{user_id="user-42"}')
})

it('long ids with a common beginning or end stay distinct', () => {
  const store = createStore()
  const long = 'x'.repeat(1_000_000)
  for (const id of [long, `${long}y`, `y${long}`, `${long}x`])
    store.metrics.workspace_size_bytes.set(1, { user_id: id })
  expect(Object.keys(seriesOf(store, 'workspace_size_bytes'))).toHaveLength(4)
})
