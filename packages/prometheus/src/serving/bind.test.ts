import { describe, expect, it } from 'vitest'
import { checkBind, isLoopback } from './bind.js'

describe('an address', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.10', true],
    ['localhost', true],
    ['LOCALHOST', true],
    ['::1', true],
    ['[::1]', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
    ['2001:db8::1', false],
  ])('%j is reachable from this host only: %s', (host, loopback) => expect(isLoopback(host)).toBe(loopback))
})

describe('an address that other hosts reach', () => {
  it('is refused without auth', () => {
    expect(() => checkBind('0.0.0.0')).toThrow('The pages would be open to every host')
    expect(() => checkBind('0.0.0.0', { hasAuth: false })).toThrow(
      expect.objectContaining({ code: 'QUIPU_BIND_REFUSED' }),
    )
  })
  it('is allowed with auth or allowPublic', () => {
    checkBind('0.0.0.0', { hasAuth: true })
    checkBind('0.0.0.0', { allowPublic: true })
    checkBind('127.0.0.1')
  })
})
