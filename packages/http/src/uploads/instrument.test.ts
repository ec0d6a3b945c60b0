import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import multipart from '@fastify/multipart'
import { type ActivityEvent, createRecorder } from '@quipu/core'
import busboy from 'busboy'
import express from 'express'
import Fastify from 'fastify'
import * as formidable from 'formidable'
import multer from 'multer'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { instrument } from './instrument.js'

afterEach(closeAll)

const require = createRequire(import.meta.url)
/** The parsers below multer and @fastify/multipart. */
const busboyOf = (name: string, parser: string): object => createRequire(require.resolve(name))(parser)

const recorder = createRecorder({ activityLog: true })
let events: ActivityEvent[] = []
recorder.onActivity((event) => events.push(event))
afterEach(() => {
  events = []
})

const read = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const parser = busboy({ headers: request.headers })
  const sizes: number[] = []
  parser.on('file', (_name, file) => {
    let size = 0
    file.on('data', (data) => {
      size += data.length
    })
    file.on('end', () => sizes.push(size))
  })
  parser.on('close', () => response.end(JSON.stringify(sizes)))
  request.pipe(parser)
}

const applications: readonly (readonly [string, () => Promise<string>])[] = [
  ['busboy', () => listen(read)],
  [
    'multer in memory',
    () => {
      const app = express()
      app.post('/', multer().any(), (request, response) => {
        response.json((request.files as Express.Multer.File[]).map(({ size }) => size))
      })
      return listen(app)
    },
  ],
  [
    '@fastify/multipart',
    async () => {
      const app = Fastify()
      await app.register(multipart)
      app.post('/', async (request) => {
        const sizes: number[] = []
        for await (const file of request.files()) sizes.push((await file.toBuffer()).length)
        return sizes
      })
      closeLater(() => app.close())
      return app.listen({ port: 0, host: '127.0.0.1' })
    },
  ],
  [
    'formidable',
    () =>
      listen(async (request, response) => {
        const [, files] = await formidable.formidable({}).parse(request)
        response.end(JSON.stringify(Object.values(files).flatMap((all) => all?.map(({ size }) => size))))
      }),
  ],
]

function form(): FormData {
  const data = new FormData()
  data.append('secret-field', 'secret-value')
  data.append('a', new Blob(['x'.repeat(200_000)], { type: 'application/pdf' }), 'secret-a.pdf')
  data.append('b', new Blob(['secret-content'], { type: 'text/plain;charset=secret' }), 'secret-b.txt')
  return data
}

async function send(serve: () => Promise<string>): Promise<string> {
  return (await fetch(await serve(), { method: 'POST', body: form() })).text()
}

const bare = new Map<string, string>()

beforeAll(async () => {
  for (const [name, serve] of applications) bare.set(name, await send(serve))
  await closeAll()
  expect(events).toEqual([])
  const parsers = [busboy, busboyOf('multer', 'busboy'), busboyOf('@fastify/multipart', '@fastify/busboy'), formidable]
  for (const parser of parsers) expect(instrument(instrument(parser, { recorder }), { recorder })).toBe(parser)
})

test.each(applications)('%s: whole files are reported by size and type, and arrive unchanged', async (name, serve) => {
  const answer = await send(serve)
  expect(answer).toBe(bare.get(name))
  expect(JSON.parse(answer)).toEqual([200_000, 14])
  await expect
    .poll(() => events.map(({ event, fields }) => [event, fields]))
    .toEqual([
      ['file_upload', { file_size: 200_000, content_type: 'application/pdf' }],
      ['file_upload', { file_size: 14, content_type: 'text/plain' }],
    ])
  expect(JSON.stringify(events)).not.toContain('secret')
})

test('a file cut at a limit is not reported', async () => {
  const app = express()
  app.post('/', multer({ limits: { fileSize: 10 } }).any(), (_request, response) => void response.send('in'))
  app.use(((_error, _request, response, _next) => void response.status(413).end()) as express.ErrorRequestHandler)
  expect((await fetch(await listen(app), { method: 'POST', body: form() })).status).toBe(413)
  expect(events).toEqual([])
})

test('one parser is instrumented without the others, and other values are not changed', () => {
  const other = createRecorder({ activityLog: true })
  const seen: unknown[] = []
  other.onActivity(({ fields }) => seen.push(fields))
  const form = instrument(formidable.formidable({}), { recorder: other })
  const file = { size: 3, mimetype: null }
  Reflect.apply(form.emit, form, ['file', 'field', file])
  const bare = formidable.formidable({})
  Reflect.apply(bare.emit, bare, ['file', 'field', file])
  expect(seen).toEqual([{ file_size: 3, content_type: 'application/octet-stream' }])
  for (const nothing of [
    {},
    () => undefined,
    () => {
      throw new Error('no')
    },
    createServer,
  ]) {
    expect(instrument(nothing as object, { recorder: other })).toBe(nothing)
  }
})
