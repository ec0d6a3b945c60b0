import { describe, expect, it } from 'vitest'
import { formatAnything } from '../fixtures/format-anything.js'
import { isWellFormed, lineEnd, nastyStrings } from '../fixtures/nasty-strings.js'
import { formatMetricLine } from './format.js'

const user = 'user@example.com'

describe('hostile records never throw', () => {
  const throwing = () => {
    throw new Error('hostile')
  }
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  const trapped = new Proxy({}, { get: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing, has: throwing })
  const cyclic: Record<string, unknown> = { event: 'e' }
  cyclic.user = cyclic
  cyclic.fields = cyclic

  const records: readonly [what: string, record: unknown, line: string][] = [
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a string', 'llm_call', ''],
    ['a number', 5, ''],
    ['a proxy that throws', trapped, ''],
    ['a revoked proxy', revoked(), ''],
    ['fields that are a proxy that throws', { event: 'e', user, fields: trapped }, '[METRIC] [user@example.com] e'],
    ['fields that are a revoked proxy', { event: 'e', user, fields: revoked() }, '[METRIC] [user@example.com] e'],
    ['fields that are a string', { event: 'e', user, fields: 'abc' }, '[METRIC] [user@example.com] e'],
    ['fields that are a list', { event: 'e', user, fields: ['a', 'b'] }, '[METRIC] [user@example.com] e'],
    ['a cyclic record', cyclic, '[METRIC] [unknown] e event=e'],
    [
      'one getter that throws, whose field is left out',
      {
        event: 'e',
        user,
        fields: {
          a: 1,
          get b() {
            return throwing()
          },
          c: 3,
        },
      },
      '[METRIC] [user@example.com] e a=1 c=3',
    ],
    [
      'a user that throws',
      {
        event: 'e',
        get user() {
          return throwing()
        },
      },
      '[METRIC] [unknown] e',
    ],
  ]

  it.each(records)('%s', (_what, record, line) => {
    expect(formatAnything(record)).toBe(line)
  })
})

describe('one record is one line', () => {
  it.each(['event', 'user', 'key', 'value'] as const)('for any content of %s', (place) => {
    for (const nasty of nastyStrings) {
      const fields = place === 'key' ? { [nasty]: 'x' } : { value: place === 'value' ? nasty : 'x' }
      const record = { event: place === 'event' ? nasty : 'e', user: place === 'user' ? nasty : user, fields }
      const line = formatMetricLine(record)
      expect(line).not.toMatch(lineEnd)
      expect(isWellFormed(line)).toBe(true)
      if (place !== 'event') expect(line).toMatch(/^\[METRIC\] \[[^\s[\]]+\] e( |$)/)
    }
  })
})
