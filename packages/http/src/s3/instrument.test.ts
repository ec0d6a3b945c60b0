import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { type ActivityEvent, createRecorder } from '@quipu/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { instrument } from './instrument.js'

/** The part of S3 that the client needs: every second request to /flaky fails. */
let failures = 0
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    if (pathname.endsWith('denied')) return response.writeHead(403).end()
    if (pathname.endsWith('flaky') && failures++ === 0) return response.writeHead(503).end()
    response.setHeader('etag', '"tag"')
    if (request.method === 'POST' && searchParams.has('uploads')) {
      return response.end('<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>')
    }
    return response.end(request.method === 'POST' ? '<CompleteMultipartUploadResult/>' : '')
  })
})
let client: S3Client
const recorder = createRecorder({ activityLog: true })
let events: ActivityEvent[] = []
recorder.onActivity((event) => events.push(event))

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = instrument(
    new S3Client({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'secret' },
    }),
    { recorder },
  )
  instrument(client, { recorder })
})
afterAll(() => {
  client.destroy()
  server.close()
})
beforeEach(() => {
  events = []
})

const Bucket = 'secret-bucket'
const stored = () => events.map(({ event, fields }) => [event, fields])

test.each([
  ['text', 'x/uploads/secret.txt', 'héllo', 6, 'uploads'],
  ['bytes', 'x/generated/secret.png', Buffer.alloc(100_000), 100_000, 'generated'],
  ['a stream of known length', 'secret', () => Readable.from([Buffer.alloc(10), Buffer.alloc(5)]), 15, 'other'],
])('%s that is put is reported by its size, type and category', async (_name, Key, body, file_size, category) => {
  const Body = typeof body === 'function' ? body() : body
  const ContentLength = typeof body === 'function' ? file_size : undefined
  await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength, ContentType: 'image/png' }))
  expect(stored()).toEqual([['file_stored', { file_size, content_type: 'image/png', category }]])
  expect(JSON.stringify(events)).not.toContain('secret')
})

test('an object that is put again after a failure is reported once; rejected and deleted objects are not', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'flaky', Body: 'abc' }))
  await expect(client.send(new PutObjectCommand({ Bucket, Key: 'denied', Body: 'abc' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  })
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  expect(stored()).toEqual([
    ['file_stored', { file_size: 3, content_type: 'application/octet-stream', category: 'other' }],
  ])
})

test('an object in parts is reported when it is complete, with the sum of its last parts', async () => {
  const Key = 'a/uploads/secret'
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'video/mp4' }))
  for (const [PartNumber, size] of [
    [1, 100],
    [2, 7],
    [2, 50],
  ] as const) {
    await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: Buffer.alloc(size) }))
  }
  expect(stored()).toEqual([])
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [] } }))
  expect(stored()).toEqual([['file_stored', { file_size: 150, content_type: 'video/mp4', category: 'uploads' }]])
})
