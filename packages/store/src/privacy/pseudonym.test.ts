import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createStore } from '../create-store.js'
import type { Store } from '../store.js'
import { createPseudonymizer } from './pseudonym.js'

it('a pseudonym is the beginning of the HMAC under the key', () => {
  const key = 'sixteen characters'
  const expected = createHmac('sha256', key).update('jane@example.com').digest('hex').slice(0, 16)
  expect(createPseudonymizer(key)('jane@example.com')).toBe(expected)
})

it.each(['', 'hunter2', 'fifteen letters', 7, null])('a short key is refused and not shown: %o', (key) => {
  expect(() => createPseudonymizer(key as string)).toThrow(expect.objectContaining({ code: 'QUIPU_KEY_TOO_SHORT' }))
  expect(() => createStore().configure({ idKey: key as string })).toThrow(
    expect.objectContaining({ code: 'QUIPU_KEY_TOO_SHORT' }),
  )
})

it('sixteen characters are enough', () => {
  expect(createPseudonymizer('sixteen letters.')('jane')).toMatch(/^[0-9a-f]{16}$/)
})

it('without a key, each pseudonymizer has its own pseudonyms', () => {
  const [one, other] = [createPseudonymizer(), createPseudonymizer()]
  expect(one('jane')).toMatch(/^[0-9a-f]{16}$/)
  expect(one('jane')).toBe(one('jane'))
  expect(one('jane')).not.toBe(one('joan'))
  expect(one('jane')).not.toBe(other('jane'))
})

it('processes of one application use one pseudonym per user; a key that was set or used stays', () => {
  const sizes = (store: Store) => {
    store.metrics.workspace_size_bytes.set(1, { user_id: 'jane' })
    const reading = store.readings().find(({ name }) => name === 'workspace_size_bytes')
    return reading?.cells().map(({ values }) => values[0])
  }
  const groupIdKey = 'a key of the processes'
  const [one, other, keyed, late] = [
    createStore(),
    createStore(),
    createStore({ idKey: 'sixteen letters.' }),
    createStore(),
  ]
  const [before] = sizes(late) ?? []
  for (const store of [one, other, keyed, late]) store.configure({ groupIdKey })
  expect(sizes(one)).toEqual([createPseudonymizer(groupIdKey)('jane')])
  expect(sizes(other)).toEqual(sizes(one))
  expect(sizes(keyed)).toEqual([createPseudonymizer('sixteen letters.')('jane')])
  expect(sizes(late)).toEqual([before])
})
