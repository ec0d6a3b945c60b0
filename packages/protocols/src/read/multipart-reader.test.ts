import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MultipartReader } from './multipart-reader.js'

const selection = { model: 'text', stream: 'flag', language: 'text' } as const

async function bodyOf(form: FormData): Promise<{ readonly type: string; readonly bytes: Uint8Array }> {
  const request = new Request('http://localhost', { method: 'POST', body: form })
  return { type: request.headers.get('content-type') ?? '', bytes: new Uint8Array(await request.arrayBuffer()) }
}

function read(type: string, bytes: Uint8Array, size: number) {
  const reader = new MultipartReader(selection, type)
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  return reader.value
}

test('selected fields are read from a form, wherever its file is', async () => {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array([13, 10, 45, 45, 13, 10, 0, 255])]), 'planted-file-name.wav')
  form.append('model', 'whisper-1')
  form.append('prompt', 'planted-prompt')
  form.append('stream', 'true')
  const { type, bytes } = await bodyOf(form)
  for (let size = 1; size < bytes.length; size += 13) {
    expect(read(type, bytes, size)).toEqual({ model: 'whisper-1', stream: true })
  }
})

test('a value of several lines, or a long one, is not read', async () => {
  const form = new FormData()
  form.append('model', 'a'.repeat(257))
  form.append('stream', 'false')
  const { type, bytes } = await bodyOf(form)
  expect(read(type, bytes, 10)).toEqual({ stream: false })
})

test('fields are read as by other parsers, for any content of files', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.stringMatching(/^[\w.:/-]{1,64}$/),
      fc.integer({ min: 1, max: 40 }),
      async (file, model, size) => {
        const form = new FormData()
        form.append('file', new Blob([file]), 'name')
        form.append('model', model)
        const { type, bytes } = await bodyOf(form)
        expect(read(type, bytes, size)).toEqual({ model })
      },
    ),
  )
})

test('no bytes and no type cause an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, type) => {
      read(type, bytes, 7)
      read('multipart/form-data; boundary=x', Buffer.concat([Buffer.from('--x\r\n'), bytes]), 7)
    }),
  )
})
