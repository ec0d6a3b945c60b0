import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameBytes } from '../../fixtures/event-frame.js'
import { FrameReader } from './frame-reader.js'

function read(bytes: Uint8Array, size: number) {
  const frames: (readonly [type: string | undefined, payload: string])[] = []
  let payload: Uint8Array = new Uint8Array(0)
  const reader = new FrameReader({
    payload(piece) {
      payload = Buffer.concat([payload, piece])
    },
    frame(type) {
      frames.push([type, Buffer.from(payload).toString()])
      payload = new Uint8Array(0)
    },
    invalid: () => frames.push(['invalid', '']),
  })
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  return frames
}

test('frames are read completely for any split', () => {
  const frame = fc.record({
    type: fc.constantFrom('messageStop', 'chunk', 'throttlingException'),
    payload: fc.jsonValue(),
  })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.integer({ min: 1, max: 60 }), (list, size) => {
      const frames = list.map(({ type, payload }) =>
        frameBytes({ headers: { ':content-type': 'application/json', ':event-type': type }, payload }),
      )
      const expected = list.map(({ type, payload }) => [type, JSON.stringify(payload)])
      expect(read(Buffer.concat(frames), size)).toEqual(expected)
    }),
  )
})

test('an exception is recognised by its header', () => {
  const frame = frameBytes({
    headers: { ':message-type': 'exception', ':exception-type': 'throttlingException' },
    payload: {},
  })
  expect(read(frame, 5)).toEqual([['throttlingException', '{}']])
})

test('other streams give no frames and do not throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void read(bytes, 9)))
  expect(read(Buffer.from('data: {"type":"message_start"}\n\n'.repeat(4)), 3)).toEqual([['invalid', '']])
})
