import { createServer, request as httpRequest } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { diag } from '@opentelemetry/api'
import { createRecorder } from '@quipu/core'
import { afterEach, describe, expect, it } from 'vitest'
import { fetchRaw } from '../../fixtures/fetch-raw.js'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage } from '../families/catalog-page.js'
import type { Family } from '../families/family.js'
import type { PageSource } from '../families/page-source.js'
import { createHandler, type PageHandler } from './handler.js'
import type { HandlerOptions } from './handler-options.js'
import { listen, type PageServer } from './listen.js'
import type { ScrapeRecorder } from './scrape-metrics.js'

const running: PageServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(0)))
})

async function serve(options: Partial<HandlerOptions> = {}, source: PageSource = small()): Promise<string> {
  const server = await listen(createHandler({ pages: { '/metrics': source }, ...options }))
  running.push(server)
  return `${server.url}/metrics`
}

function small(): PageSource {
  return catalogPage(fakeRecorder(fakeReading('up_total', { kind: 'counter', help: 'h' }, [{ data: [1] }])))
}

function large(): PageSource {
  const series = Array.from({ length: 20_000 }, (_, i) => ({ values: [`value-${i}`], data: [i] }))
  return catalogPage(fakeRecorder(fakeReading('g', { kind: 'gauge', help: 'h', labels: { x: 'name' } }, series)))
}

/** A source that waits until released and counts its calls. */
function held() {
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const state = { collections: 0, release }
  const source: PageSource = {
    async families(scrape) {
      state.collections++
      await gate
      return small().families(scrape)
    },
  }
  return { source, state }
}

const throwing = (error: Error): PageSource => ({
  families: () => {
    throw error
  },
})

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
    const url = await serve({}, large())
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
  const handler = () => createHandler({ pages: { '/metrics': small() } })

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
      pages: { '/metrics': small(), '/custom_metrics': small() },
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

describe('many concurrent scrapes', () => {
  it('200 share one collection', async () => {
    const { source, state } = held()
    const url = await serve({}, source)
    const scrapes = Array.from({ length: 200 }, () => fetchRaw(url))
    await untilTrue(async () => (await connections()) === 200)
    state.release()
    const answers = await Promise.all(scrapes)
    expect(answers.every(({ status, body }) => status === 200 && body.includes('up_total 1'))).toBe(true)
    expect(state.collections).toBe(1)
  })

  it('get 503 over the limit, and later ones are served again', async () => {
    const { source, state } = held()
    const url = await serve({ maxInFlight: 2 }, source)
    const first = [fetchRaw(url), fetchRaw(url)]
    await untilTrue(async () => (await connections()) === 2)
    const refused = await fetchRaw(url)
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toBe('1')
    state.release()
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200])
    expect((await fetchRaw(url)).status).toBe(200)
  })

  function connections(): Promise<number> {
    return new Promise((resolve) => running.at(-1)?.server.getConnections((_, count) => resolve(count)))
  }
})

describe('an error', () => {
  it('is answered 500 with the type of the error and not its message', async () => {
    const recorder = createRecorder()
    const logged: unknown[] = []
    const say = (...said: unknown[]) => void logged.push(...said)
    diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, { suppressOverrideMessage: true })
    const { status, body, headers } = await fetchRaw(
      await serve({ recorder }, throwing(new RangeError('postgres://u:pw@h\nx'))),
    )
    expect(status).toBe(500)
    expect(body.toString()).toBe('the page could not be rendered: RangeError\n')
    diag.disable()
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(logged).toContainEqual(new RangeError('postgres://u:pw@h\nx'))
    expect((await fetchRaw(await serve({}, catalogPage(recorder)))).body.toString()).toContain(
      'quipu_guard_catches_total{site="page"} 1\n',
    )
  })

  it('costs only its source with onError continue, and 500 when nothing is left', async () => {
    const recorder = createRecorder()
    const some = await serve({
      onError: 'continue',
      pages: { '/metrics': [throwing(new Error('no')), small()] },
      recorder,
    })
    const { status, body } = await fetchRaw(some)
    expect(status).toBe(200)
    expect(body.toString()).toContain('up_total 1')
    expect((await fetchRaw(await serve({ onError: 'continue' }, throwing(new Error('no'))))).status).toBe(500)
  })

  it('costs only its family with onError continue', async () => {
    const family = (name: string, points: Family['points']): Family => ({
      ...{ name, type: 'gauge', help: '', unit: '', bounds: [], labelText: () => '', createdUnixMs: () => 0 },
      points,
    })
    const source: PageSource = {
      families: () => [
        family('bad', () => {
          throw new Error('no')
        }),
        family('good', () => [{ data: [1], at: 0, exponential: undefined, exemplars: undefined }]),
      ],
    }
    expect((await fetchRaw(await serve({ onError: 'continue' }, source))).body.toString()).toBe(
      '# TYPE good gauge\ngood 1\n',
    )
    expect((await fetchRaw(await serve({}, source))).status).toBe(500)
  })

  it('of a source that never answers: 503 after the time limit, also that of the scraper', async () => {
    const never: PageSource = { families: () => new Promise(() => undefined) }
    const { status, body } = await fetchRaw(await serve({ timeoutMs: 30 }, never))
    expect(status).toBe(503)
    expect(body.toString()).toBe('the page was not ready in time\n')
    const headers = { 'x-prometheus-scrape-timeout-seconds': '0.03' }
    expect((await fetchRaw(await serve({ timeoutMs: 60_000 }, never), { headers })).status).toBe(503)
  })

  it('of a source that hung once: the next scrape starts anew', async () => {
    let asked = 0
    const source: PageSource = {
      families: (scrape) => (++asked === 1 ? new Promise(() => undefined) : small().families(scrape)),
    }
    const url = await serve({ timeoutMs: 30 }, source)
    expect((await fetchRaw(url)).status).toBe(503)
    expect((await fetchRaw(url)).status).toBe(200)
  })

  it('of a client that disconnects early: the next one is served', async () => {
    const url = await serve({}, large())
    await new Promise<void>((resolve) => {
      const request = httpRequest(url, (response) => {
        response.once('data', () => request.destroy())
        response.once('close', resolve)
      })
      request.on('error', () => undefined)
      request.end()
    })
    expect((await fetchRaw(url)).body.length).toBeGreaterThan(100_000)
  })
})

describe('the metrics of the handler itself', () => {
  it('count scrapes by page and code, their duration, and those in progress', async () => {
    const recorder = createRecorder()
    const url = await serve({ recorder, pages: { '/custom_metrics': catalogPage(recorder) } }).then((base) =>
      base.replace('/metrics', '/custom_metrics'),
    )
    const first = (await fetchRaw(url)).body.toString()
    for (const code of [200, 500, 503]) {
      expect(first).toContain(`quipu_scrapes_total{page="custom_metrics",code="${code}"} 0\n`)
    }
    await fetchRaw(url, { method: 'DELETE' })
    const lines = (await fetchRaw(url)).body.toString().split('\n')
    expect(lines).toContain('quipu_scrapes_total{page="custom_metrics",code="200"} 1')
    expect(lines).toContain('quipu_scrapes_total{page="custom_metrics",code="405"} 1')
    expect(lines).toContain('quipu_scrape_duration_seconds_count{page="custom_metrics"} 2')
    expect(lines).toContain('quipu_scrapes_in_flight 1')
  })
})

describe('a strict recorder', () => {
  it('throws instead of dropping, and the scrape is still answered', async () => {
    const recorder = createRecorder({ strict: true })
    const page = `${await serve({ recorder, pages: { '/elsewhere': small(), '/broken': throwing(new Error('no')) } })}`
    expect((await fetchRaw(page.replace('/metrics', '/elsewhere'))).status).toBe(200)
    expect((await fetchRaw(page.replace('/metrics', '/broken'))).status).toBe(500)
  })
})

describe('a handler with invalid options', () => {
  it.each([
    { pages: { metrics: small() } },
    { pages: { '/metrics?x': small() } },
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
    expect(() => createHandler({ pages: { '/metrics': small() }, ...options })).toThrow(
      expect.objectContaining({ code: 'QUIPU_CONFIG_INVALID' }),
    )
  })
})

async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise(setImmediate)
}
