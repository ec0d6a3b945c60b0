import { matchRequest } from '@quipu/protocols'
import { createTestRecorder } from '@quipu/testing'
import { describe, expect, test } from 'vitest'
import {
  type Conversation,
  readConversations,
  reports,
  requestBytes,
  responsePieces,
} from '../../fixtures/conversations.js'
import { allLabels, observedCall } from '../../fixtures/observed-call.js'
import { BackgroundResponses } from './background-responses.js'
import { Exchange } from './exchange.js'
import { HeldCalls } from './held-calls.js'
import { KnownReports } from './known-reports.js'
import { ReportedCalls } from './reported-calls.js'

type Headers = { readonly [name: string]: string }

const headerOf = (headers: Headers) => (name: string) => headers[name]
const cut = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

/** Lets a conversation pass an observer, each body in pieces of at most `size` bytes. */
function observe(conversation: Conversation, size = 1 << 30) {
  const { host, request, response } = conversation
  const recorder = createTestRecorder()
  const matched = matchRequest(request.method, request.path)
  if (matched === undefined) throw new Error(`${request.path} is not recognised`)
  const started = { matched, origin: `https://${host}`, path: request.path, header: headerOf(request.headers ?? {}) }
  const held = new HeldCalls(recorder)
  const context = {
    recorder,
    held,
    endpoint: undefined,
    maxRetries: undefined,
    background: new BackgroundResponses(),
    reports: new KnownReports(),
  }
  const exchange =
    matched.protocol.reports === undefined ? new Exchange(started, context) : new ReportedCalls(started, context)
  for (const piece of cut(requestBytes(conversation), size)) exchange.requestBytes(piece)
  exchange.requestEnd()
  exchange.responseStart(response.status, headerOf(response.headers))
  for (const bytes of responsePieces(conversation)) {
    recorder.clock.advanceMs(1000)
    for (const piece of cut(bytes, size)) exchange.responseBytes(piece)
  }
  exchange.responseEnd()
  held.failAll()
  return recorder
}

const conversations = [...readConversations(), ...readConversations(reports)].map(
  (conversation) => [conversation.name, conversation] as const,
)

describe('a conversation is observed correctly', () => {
  test.each(conversations)('%s', (_, conversation) => {
    expect(observedCall(observe(conversation))).toEqual(conversation.expected)
  })
})

test.each([1, 7, 64])('every conversation is observed correctly in pieces of %d bytes', (size) => {
  for (const [name, conversation] of conversations) {
    expect([name, observedCall(observe(conversation, size))]).toEqual([name, conversation.expected])
  }
})

test('recorded values contain no text of requests or responses, and no file name, key or account', () => {
  for (const [name, conversation] of conversations) {
    const recorder = observe(conversation)
    const recorded = JSON.stringify([allLabels(recorder), recorder.lines])
    expect([name, /planted|No threats|123456789012/.exec(recorded)?.[0]]).toEqual([name, undefined])
  }
})
