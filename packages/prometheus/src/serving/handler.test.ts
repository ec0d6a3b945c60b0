import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { createRecorder } from '@quipu/core'
import { describe, expect, it } from 'vitest'
import { fetchRaw } from '../../fixtures/fetch-raw.js'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { largePage, smallPage, usePageServers } from '../../fixtures/served-pages.js'
import { catalogPage } from '../families/catalog-page.js'
import type { PageSource } from '../families/page-source.js'
import { createHandler, type PageHandler } from './handler.js'
import type { HandlerOptions } from './handler-options.js'
import { listen, type PageServer } from './listen.js'
import type { ScrapeRecorder } from './scrape-metrics.js'

const { running, serve } = usePageServers()

describe('a GET of a page', () => {
  it('has the start of each series in OpenMetrics, when asked to', async () => {
    const accept = { headers: { accept: 'application/openmetrics-text' } }
    const text = async (options: Partial<HandlerOptions>, init = accept) =>
      (await fetch(await serve(options), init)).text()
    expect(await text({ created: true })).toMatch(/^up_created \d+(\.\d+)?$/m)
    expect(await text({})).not.toContain('_created')
    expect(await text({ created: true }, { headers: { accept: 'text/plain' } })).not.toContain('_created')
  })

  it('is text 0.0.4 with its content type and length', async () => {
    const { status, headers, body } = await fetchRaw(await serve())
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(headers['content-length']).toBe(String(body.length))
    expect(headers['content-encoding']).toBeUndefined()
    expect(body.toString()).toBe('# HELP up_total h\n# TYPE up_total counter\nup_total 1\n')
  })

  it('is OpenMetrics for a scraper that asks for it', async () => {
    const { headers, body } = await fetchRaw(await serve(), {
      headers: { accept: 'application/openmetrics-text;version=1.0.0' },
    })
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(body.toString()).toBe('# HELP up h\n# TYPE up counter\nup_total 1\n# EOF\n')
  })

  it('is gzip for a scraper that accepts it, if that saves bytes', async () => {
    const url = await serve({}, largePage())
    const { headers, body } = await fetchRaw(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(headers['content-encoding']).toBe('gzip')
    expect(headers['content-length']).toBe(String(body.length))
    expect(gunzipSync(body).equals((await fetchRaw(url)).body)).toBe(true)
    const tiny = await fetchRaw(await serve(), { headers: { 'accept-encoding': 'gzip' } })
    expect(tiny.headers['content-encoding']).toBeUndefined()
  })

  it('has the families that name[] selects', async () => {
    const { body } = await fetchRaw(
      `${await serve({}, catalogPage(createRecorder()))}?name[]=user_logins_total&name%5B%5D=nothing`,
    )
    expect(body.toString()).toMatch(
      /^# HELP user_logins_total .*\n# TYPE user_logins_total counter\nuser_logins_total 0\n$/,
    )
  })

  it('is never cached and never treated as a document', async () => {
    const { headers } = await fetchRaw(await serve())
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      vary: 'accept, accept-encoding',
    })
  })
})

describe('other methods and paths', () => {
  it('HEAD has the headers of a GET and no body', async () => {
    const url = await serve()
    const { status, headers, body } = await fetchRaw(url, { method: 'HEAD' })
    expect(status).toBe(200)
    expect(body.length).toBe(0)
    expect(headers['content-length']).toBe((await fetchRaw(url)).headers['content-length'])
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not allowed', async (method) => {
    const { status, headers } = await fetchRaw(await serve(), { method })
    expect(status).toBe(405)
    expect(headers.allow).toBe('GET, HEAD')
  })

  it.each([
    ['/metrics/', 200],
    ['/metrics?', 200],
    ['http://example.com/metrics', 200],
    ['/Metrics', 404],
    ['/metrics//', 404],
    ['/metricsx', 404],
    ['/', 404],
    ['//', 404],
    ['/%', 404],
    ['http://[bad/metrics', 200],
    ['/metrics?%', 200],
  ])('%s gets %d', async (path, status) => expect((await fetchRaw(await serve(), { path })).status).toBe(status))
})

describe('mounted in an application', () => {
  /** Like Express and Connect: handlers in turn, with the URL reduced to the part below the mount path. */
  async function app(handler: PageHandler, mountedAt = '') {
    const server = createServer((request, response) => {
      const originalUrl = request.url ?? ''
      Object.assign(request, { originalUrl, url: originalUrl.slice(mountedAt.length) || '/' })
      handler(request, response, () => response.writeHead(200).end('the application'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    running.push({ close: () => new Promise((resolve) => server.close(() => resolve())) } as PageServer)
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }
  const handler = () => createHandler({ pages: { '/metrics': smallPage() } })

  it('passes on requests for other paths', async () => {
    const url = await app(handler())
    expect((await fetchRaw(`${url}/orders`)).body.toString()).toBe('the application')
    expect((await fetchRaw(`${url}/orders`, { method: 'POST' })).body.toString()).toBe('the application')
    expect((await fetchRaw(`${url}/metrics`)).body.toString()).toContain('up_total 1')
  })

  it.each([
    ['/metrics', '/metrics'],
    ['/internal', '/internal/metrics'],
  ])('is found when mounted at %s', async (mountedAt, path) => {
    const url = await app(handler(), mountedAt)
    expect((await fetchRaw(url + path)).body.toString()).toContain('up_total 1')
  })
})

describe('names that keep their characters', () => {
  const headers = { accept: 'text/plain;version=1.0.0;escaping=allow-utf-8' }
  const dotted = () =>
    catalogPage(fakeRecorder(fakeReading('shop.orders', { kind: 'counter', help: 'h' }, [{ data: [2] }])))

  it('are sent to a scraper that asks for them, if the handler allows it', async () => {
    const url = await serve({ names: 'utf-8' }, dotted())
    const raw = await fetchRaw(url, { headers })
    expect(raw.headers['content-type']).toBe('text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8')
    expect(raw.body.toString()).toContain('{"shop.orders_total"} 2\n')
    expect((await fetchRaw(url)).body.toString()).toContain('shop_orders_total 2\n')
  })

  it('are not sent if the handler does not allow it', async () => {
    const raw = await fetchRaw(await serve({}, dotted()), { headers })
    expect(raw.headers['content-type']).toBe('text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8')
    expect(raw.body.toString()).toContain('\nshop_orders_total 2\n')
  })

  it('must be a known option value', () => {
    const names: string = 'raw'
    expect(() => createHandler({ pages: {}, names: names as 'utf-8' })).toThrow(
      'names of createHandler() must be one of escaped, utf-8',
    )
  })
})

describe('authentication', () => {
  it('are required on every page, before any other check', async () => {
    const handler = createHandler({
      pages: { '/metrics': smallPage(), '/custom_metrics': smallPage() },
      auth: { bearer: 's3cret' },
    })
    const server = await listen(handler)
    running.push(server)
    for (const path of handler.paths) {
      for (const method of ['GET', 'HEAD', 'DELETE']) {
        const { status, headers, body } = await fetchRaw(server.url + path, { method })
        expect(status).toBe(401)
        expect(headers['www-authenticate']).toBe('Bearer realm="metrics"')
        expect(body.toString()).not.toContain('up_total')
      }
      expect((await fetchRaw(server.url + path, { headers: { authorization: 'Bearer s3cret' } })).status).toBe(200)
      expect((await fetchRaw(server.url + path, { headers: { authorization: 'Bearer s3cre' } })).status).toBe(401)
    }
  })
})

describe('a handler with invalid options', () => {
  it.each([
    { pages: { metrics: smallPage() } },
    { pages: { '/metrics?x': smallPage() } },
    { timeoutMs: 0 },
    { maxInFlight: Number.NaN },
    { auth: { bearer: '' } },
    { auth: {} },
    { auth: { bearer: 'two words' } },
    { auth: { bearer: 'jetón' } },
    { auth: { bearer: 'line\n' } },
    { auth: { basic: { username: 'a:b', password: 'c' } } },
    { names: 'utf8' as 'utf-8' },
    { pages: { '/metrics': {} as PageSource } },
    { recorder: {} as ScrapeRecorder },
  ])('is refused when created: %#', (options) => {
    expect(() => createHandler({ pages: { '/metrics': smallPage() }, ...options })).toThrow(
      expect.objectContaining({ code: 'QUIPU_CONFIG_INVALID' }),
    )
  })
})
