import { expect, test } from 'vitest'
import { withoutProxy } from './request-target.js'

const origin = 'http://proxy:3128'

test.each([
  ['/v1/chat/completions', { origin, path: '/v1/chat/completions' }],
  ['http://model:8000/v1/chat?x=1', { origin: 'http://model:8000', path: '/v1/chat?x=1' }],
  ['*', { origin, path: '*' }],
])('the server of a request for %s', (path, expected) => {
  expect(withoutProxy({ origin, path })).toEqual(expected)
})
