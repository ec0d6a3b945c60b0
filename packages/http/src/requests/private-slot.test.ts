import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createPrivateSlot } from './private-slot.js'

test('a value stays with its object, and no property of the object shows it', () => {
  const slot = createPrivateSlot<string>()
  const other = createPrivateSlot<string>()
  const object = { a: 1 }
  slot.set(object, 'secret')
  slot.set(object, 'secret 2')
  expect([slot.get(object), other.get(object), slot.get({})]).toEqual(['secret 2', undefined, undefined])
  expect(Reflect.ownKeys(object)).toEqual(['a'])
  expect([inspect(object, { showHidden: true }), JSON.stringify({ ...object })].join()).not.toContain('secret')
})
