import { describe, expect, it } from 'vitest'
import { createHostCheck } from './host-check.js'

describe('a server on loopback', () => {
  const accepts = createHostCheck('127.0.0.1', ['Metrics.internal', 'proxy:8080'])
  it.each([
    ['127.0.0.1:9464', true],
    ['127.0.0.1', true],
    ['localhost:1', true],
    ['LOCALHOST', true],
    ['[::1]:9464', true],
    ['[::1]', true],
    ['metrics.internal', true],
    ['METRICS.internal:9464', true],
    ['proxy:8080', true],
    [undefined, true],
    ['proxy:9464', false],
    ['evil.example', false],
    ['evil.example:9464', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example:9464', false],
    ['10.0.0.1:9464', false],
    ['', false],
  ])('answers a request for %j: %s', (header, isAccepted) => expect(accepts(header)).toBe(isAccepted))
})

it.each(['0.0.0.0', '::', '10.0.0.1'])(
  'a server on %s, which other hosts reach, answers requests for every name',
  (host) => {
    expect(createHostCheck(host, [])('metrics.example')).toBe(true)
  },
)
