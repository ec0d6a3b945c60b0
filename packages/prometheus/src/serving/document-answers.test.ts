import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { fetchRaw } from '../../fixtures/fetch-raw.js'
import type { DocumentText } from './document-answers.js'
import { createHandler } from './handler.js'
import type { HandlerOptions } from './handler-options.js'
import { listen, type PageServer } from './listen.js'

const running: PageServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(0)))
})

async function serve(
  read: (query: string) => DocumentText | Promise<DocumentText>,
  options: Partial<HandlerOptions> = {},
) {
  const server = await listen(createHandler({ pages: {}, documents: { '/quipu': { read } }, ...options }))
  running.push(server)
  return `${server.url}/quipu`
}

const html = (body: string): DocumentText => ({
  body,
  headers: { 'content-type': 'text/html', 'x-frame-options': 'DENY' },
})

test('a document has its own headers, and is never cached', async () => {
  const { status, headers, body } = await fetchRaw(await serve(() => html('<p>knots</p>')))
  expect({ status, body: body.toString() }).toEqual({ status: 200, body: '<p>knots</p>' })
  expect(headers).toMatchObject({ 'content-type': 'text/html', 'x-frame-options': 'DENY', 'cache-control': 'no-store' })
})

test('a document reads its query, and can have another status', async () => {
  const url = await serve((query) => ({ status: 502, ...html(query) }))
  const { status, body } = await fetchRaw(`${url}?after=7`)
  expect({ status, body: body.toString() }).toEqual({ status: 502, body: 'after=7' })
})

test('a long document is compressed for a client that accepts it', async () => {
  const text = 'cords and knots '.repeat(1000)
  const { headers, body } = await fetchRaw(await serve(() => html(text)), { headers: { 'accept-encoding': 'gzip' } })
  expect(headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(body).toString()).toBe(text)
})

test('an unreadable document gives a response 500 without the reason', async () => {
  const url = await serve(() => Promise.reject(new Error('postgres://user:password@host')))
  const { status, body } = await fetchRaw(url)
  expect(status).toBe(500)
  expect(body.toString()).not.toContain('password')
})

test('HEAD has no body, and other methods are rejected', async () => {
  const url = await serve(() => html('<p>knots</p>'))
  const head = await fetchRaw(url, { method: 'HEAD' })
  expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, '12'])
  expect((await fetchRaw(url, { method: 'POST' })).status).toBe(405)
})

test('with credentials, a browser asks for a password before the document is read', async () => {
  let reads = 0
  const url = await serve(
    () => {
      reads++
      return html('')
    },
    { auth: { bearer: 'token-of-the-pages' } },
  )
  const refused = await fetchRaw(url)
  expect([refused.status, refused.headers['www-authenticate'], reads]).toEqual([
    401,
    'Basic realm="metrics", charset="UTF-8"',
    0,
  ])
  const authorization = `Basic ${Buffer.from('anyone:token-of-the-pages').toString('base64')}`
  expect((await fetchRaw(url, { headers: { authorization } })).status).toBe(200)
  expect((await fetchRaw(url, { headers: { authorization: 'Bearer token-of-the-pages' } })).status).toBe(200)
})
