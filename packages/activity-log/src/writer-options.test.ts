import { describe, expect, it } from 'vitest'
import { collect, event, setUp } from '../fixtures/writers.js'
import { parseMetricLine } from './parse.js'
import { createActivityWriter } from './writer.js'
import type { ActivityWriterOptions } from './writer-options.js'

describe('the user on a line', () => {
  const userOf = (options: Omit<ActivityWriterOptions, 'sink'>, user: string | null = 'user@example.com') => {
    const { lines, write } = collect(options)
    write({ ...event, user })
    return parseMetricLine(lines[0] ?? '')?.user
  }

  it('is plain by default', () => {
    expect(userOf({})).toBe('user@example.com')
    expect(userOf({ users: 'plain' })).toBe('user@example.com')
  })

  it('not at all', () => {
    expect(userOf({ users: 'none' })).toBeNull()
  })

  it('can be a pseudonym that depends on the key', () => {
    const first = userOf({ users: 'hmac', key: 'a secret of the deployment' })
    expect(first).toMatch(/^[0-9a-f]{16}$/)
    expect(userOf({ users: 'hmac', key: 'a secret of the deployment' })).toBe(first)
    expect(userOf({ users: 'hmac', key: 'another secret of another' })).not.toBe(first)
    expect(userOf({ users: 'hmac', key: 'a secret of the deployment' }, 'other@example.com')).not.toBe(first)
  })

  it('is a pseudonym that changes at every start, without a key', () => {
    expect(userOf({ users: 'hmac' })).not.toBe(userOf({ users: 'hmac' }))
  })

  it('can be your own pseudonym', () => {
    expect(userOf({ users: 'hmac', pseudonymize: (user) => `u${user.length}` })).toBe('u16')
  })

  it('is unknown, and never plain, when the pseudonym function fails', () => {
    const pseudonymize = () => {
      throw new Error('no secret')
    }
    expect(userOf({ users: 'hmac', pseudonymize })).toBeNull()
    expect(userOf({ users: 'hmac', pseudonymize: () => undefined as unknown as string })).toBeNull()
  })

  it('stays unknown for an unknown user', () => {
    expect(userOf({ users: 'hmac' }, null)).toBeNull()
  })

  it('is not passed to the sink as given', () => {
    const seen: (string | null)[] = []
    const { write } = setUp((_line, { user }) => void seen.push(user), { users: 'none' })
    write(event)
    expect(seen).toEqual([null])
  })
})

describe('an invalid option is refused with a code, at once', () => {
  const bad: readonly [what: string, options: unknown, got: string][] = [
    ['no sink', {}, 'undefined'],
    ['a sink that is null', { sink: null }, 'null'],
    ['a sink without write', { sink: {} }, 'object'],
    ['a format', { sink: () => {}, format: 'xml' }, '"xml"'],
    ['a way of naming', { sink: () => {}, users: 'md5' }, '"md5"'],
  ]

  it.each(bad)('%s', (_what, options, got) => {
    const make = () => createActivityWriter(options as ActivityWriterOptions)
    expect(make).toThrow(expect.objectContaining({ code: 'QUIPU_CONFIG_INVALID', got }))
  })

  it('a short key is not shown', () => {
    const make = () => createActivityWriter({ sink: () => {}, users: 'hmac', key: 'hunter2' })
    expect(make).toThrow(expect.objectContaining({ code: 'QUIPU_KEY_TOO_SHORT', got: '7 characters' }))
    expect(make).not.toThrow(/hunter2/)
  })
})
