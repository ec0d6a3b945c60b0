import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodePartialSuccess } from '../../fixtures/otlp-proto.js'
import { retryInfoMs } from './grpc-status.js'
import { createGrpcTransport } from './grpc-transport.js'
import type { OtlpTransport } from './transport.js'

type Answer = { readonly code: number; readonly details?: Buffer; readonly words?: string } | Buffer | 'hang' | 'close'

let server: Server
let transport: OtlpTransport
let retries: number
let received: { readonly body: Buffer; readonly metadata: Metadata }[]
let answer: (i: number) => Answer

beforeEach(async () => {
  server = new Server()
  received = []
  retries = 0
  answer = () => Buffer.alloc(0)
  const bytes = {
    requestDeserialize: (body: Buffer) => body,
    requestSerialize: (body: Buffer) => body,
    responseDeserialize: (body: Buffer) => body,
    responseSerialize: (body: Buffer) => body,
  }
  const path = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'
  server.addService(
    { Export: { path, requestStream: false, responseStream: false, ...bytes } },
    {
      Export(call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) {
        received.push({ body: call.request, metadata: call.metadata })
        const what = answer(received.length - 1)
        if (what === 'hang') return
        if (what === 'close') return server.forceShutdown()
        if (Buffer.isBuffer(what)) return done(null, what)
        const metadata = new Metadata()
        if (what.details !== undefined) metadata.set('grpc-status-details-bin', what.details)
        done({ code: what.code, details: `x-api-key=secret ${what.words ?? ''}`, metadata })
      },
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  transport = createGrpcTransport(
    {
      url: new URL(`http://127.0.0.1:${port}`),
      headers: { 'X-Scope-OrgId': 'team' },
      protocol: 'grpc',
      compression: 'gzip',
      timeoutMs: 700,
      tls: {},
      spool: undefined,
    },
    'metrics',
    'quipu/test',
    () => retries++,
  )
})
afterEach(() => {
  transport.abort()
  server.forceShutdown()
})

/** google.rpc.Status with a RetryInfo of these seconds and nanoseconds. */
function retryInfo(seconds: number, nanos: number): Buffer {
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo')
  const duration = Buffer.from([0x08, seconds, 0x10, ...varint(nanos)])
  const info = Buffer.concat([Buffer.from([0x0a, duration.length]), duration])
  const any = Buffer.concat([Buffer.from([0x0a, type.length]), type, Buffer.from([0x12, info.length]), info])
  return Buffer.concat([Buffer.from([0x08, 8, 0x12, 2, 0x6e, 0x6f, 0x1a, any.length]), any])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]
}

const body = Buffer.from([1, 2, 3, 4])

test('a request arrives as it was written, with its headers', async () => {
  expect(await transport.send(body)).toMatchObject({ outcome: 'taken' })
  expect(received[0]?.body).toEqual(body)
  expect(received[0]?.metadata.get('x-scope-orgid')).toEqual(['team'])
  expect(String(received[0]?.metadata.get('user-agent'))).toContain('quipu/test')
})

test('a partial success is returned completely', async () => {
  const partial = encodePartialSuccess(2, 'too old')
  answer = () => partial
  const result = await transport.send(body)
  expect(result.outcome === 'taken' && Buffer.from(result.body)).toEqual(partial)
})

test.each(['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS'] as const)(
  '%s may be tried again',
  async (name) => {
    answer = (i) => (i === 0 ? { code: status[name], details: retryInfo(0, 1) } : Buffer.alloc(0))
    expect(await transport.send(body)).toMatchObject({ outcome: 'taken' })
    expect(retries).toBe(1)
  },
)

test.each([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
] as const)('%s is final, and its text is not repeated', async (name) => {
  answer = () => ({ code: status[name] })
  const result = await transport.send(body)
  expect(result.outcome).toBe('refused')
  expect(String(Reflect.get(result, 'error'))).toBe(`Error: the back end answered gRPC status ${status[name]}`)
  expect(received).toHaveLength(1)
})

test('RESOURCE_EXHAUSTED with a time to wait is retryable', async () => {
  answer = (i) => (i === 0 ? { code: status.RESOURCE_EXHAUSTED, details: retryInfo(0, 20_000_000) } : Buffer.alloc(0))
  expect(await transport.send(body)).toMatchObject({ outcome: 'taken' })
  expect(retries).toBe(1)
})

test('RetryInfo is read, and other details are ignored', () => {
  expect(retryInfoMs(retryInfo(2, 500_000_000))).toBe(2500)
  expect(retryInfoMs(Buffer.from([0x08, 8]))).toBeUndefined()
  expect(retryInfoMs(Buffer.from([0x1a, 200, 1]))).toBeUndefined()
  expect(retryInfoMs(Buffer.from([255, 255, 255]))).toBeUndefined()
})

test('a request to a back end that never responds ends in time, or at once by abort', async () => {
  answer = () => 'hang'
  expect(await transport.send(body)).toMatchObject({ outcome: 'unavailable' })
  const sending = transport.send(body)
  await expect.poll(() => received.length).toBeGreaterThan(1)
  transport.abort()
  expect(await sending).toMatchObject({ outcome: 'unavailable' })
})

test('a missing back end is unavailable', async () => {
  server.forceShutdown()
  expect(await transport.send(body)).toMatchObject({ outcome: 'unavailable' })
})

test('a batch spooled as JSON is rejected and not sent as protobuf', async () => {
  expect(await transport.send(body, 'json')).toMatchObject({ outcome: 'refused' })
  expect(received).toEqual([])
})

test.each([
  ['RESOURCE_EXHAUSTED', 'grpc: received message larger than max (5242880 vs. 4194304)'],
  ['RESOURCE_EXHAUSTED', 'gRPC message exceeds maximum size 4194304: 5242880'],
  ['OUT_OF_RANGE', 'Error, message length too large: found 5242880 bytes, the limit is: 4194304 bytes'],
] as const)('%s with "%s" is a request that is too large', async (name, words) => {
  answer = () => ({ code: status[name], words })
  const result = await transport.send(body)
  expect(result.outcome).toBe('too-large')
  expect(String(Reflect.get(result, 'error'))).not.toContain('secret')
  expect(received).toHaveLength(1)
})

test('a connection that closes without a response is unavailable', async () => {
  answer = () => 'close'
  expect(await transport.send(body)).toMatchObject({ outcome: 'unavailable' })
})
