import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createPseudonymizer } from './pseudonym.js'

it('a pseudonym is the beginning of the HMAC under the key', () => {
  const key = 'sixteen characters'
  const expected = createHmac('sha256', key).update('jane@example.com').digest('hex').slice(0, 16)
  expect(createPseudonymizer(key)('jane@example.com')).toBe(expected)
})

it('without a key it holds for one pseudonymizer and no other', () => {
  const [one, other] = [createPseudonymizer(), createPseudonymizer()]
  expect(one('jane')).toMatch(/^[0-9a-f]{16}$/)
  expect(one('jane')).toBe(one('jane'))
  expect(one('jane')).not.toBe(one('joan'))
  expect(one('jane')).not.toBe(other('jane'))
})
