import { expect, test } from 'vitest'
import { framingOf } from './protocol.js'

test.each([
  ['application/json; charset=utf-8', 'document'],
  ['Application/JSON', 'document'],
  ['application/problem+json', 'document'],
  ['text/event-stream', 'events'],
  ['application/x-ndjson', 'lines'],
  ['application/vnd.amazon.eventstream', 'frames'],
  // Clients parse these as JSON: a page of a proxy fails them.
  ['text/html; charset=utf-8', 'document'],
  ['', 'document'],
  // Speech, and transcriptions as text.
  ['audio/mpeg', undefined],
  ['text/plain', undefined],
])('a response of type "%s" is read as %s', (type, framing) => {
  expect(framingOf(type)).toBe(framing)
})
