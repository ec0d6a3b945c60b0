import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createRecorder } from '../create-recorder.js'
import { createPseudonymizer } from './pseudonym.js'

it('a pseudonym is the beginning of the HMAC under the key', () => {
  const key = 'sixteen characters'
  const expected = createHmac('sha256', key).update('jane@example.com').digest('hex').slice(0, 16)
  expect(createPseudonymizer(key)('jane@example.com')).toBe(expected)
})

it.each(['', 'hunter2', 'fifteen letters', 7, null])('a key that is too short is refused and not shown: %o', (key) => {
  expect(() => createPseudonymizer(key as string)).toThrow(expect.objectContaining({ code: 'QUIPU_KEY_TOO_SHORT' }))
  expect(() => createRecorder({ idKey: key as string })).toThrow(/got: {2}(?:\d+ characters|number|object)\n/)
})

it('sixteen characters are enough', () => {
  expect(createPseudonymizer('sixteen letters.')('jane')).toMatch(/^[0-9a-f]{16}$/)
})

it('without a key it holds for one pseudonymizer and no other', () => {
  const [one, other] = [createPseudonymizer(), createPseudonymizer()]
  expect(one('jane')).toMatch(/^[0-9a-f]{16}$/)
  expect(one('jane')).toBe(one('jane'))
  expect(one('jane')).not.toBe(one('joan'))
  expect(one('jane')).not.toBe(other('jane'))
})
