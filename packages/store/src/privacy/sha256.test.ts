import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesToHex, hmacSha256, sha256 } from './sha256.js'

it('hashes every message like the platform', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      expect(bytesToHex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
    }),
  )
})

it('authenticates every message under every key like the platform', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), fc.uint8Array({ maxLength: 150 }), (key, message) => {
      expect(bytesToHex(hmacSha256(key, message))).toBe(createHmac('sha256', key).update(message).digest('hex'))
    }),
  )
})
