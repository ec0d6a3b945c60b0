import { request as httpRequest } from 'node:http'
import { diag } from '@opentelemetry/api'
import { createRecorder } from '@quipu/core'
import { describe, expect, it } from 'vitest'
import { fetchRaw } from '../../fixtures/fetch-raw.js'
import { largePage, smallPage, throwingPage, usePageServers } from '../../fixtures/served-pages.js'
import { catalogPage } from '../families/catalog-page.js'
import type { Family } from '../families/family.js'
import type { PageSource } from '../families/page-source.js'

const { running, serve } = usePageServers()

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
      return smallPage().families(scrape)
    },
  }
  return { source, state }
}

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
      await serve({ recorder }, throwingPage(new RangeError('postgres://u:pw@h\nx'))),
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
      pages: { '/metrics': [throwingPage(new Error('no')), smallPage()] },
      recorder,
    })
    const { status, body } = await fetchRaw(some)
    expect(status).toBe(200)
    expect(body.toString()).toContain('up_total 1')
    expect((await fetchRaw(await serve({ onError: 'continue' }, throwingPage(new Error('no'))))).status).toBe(500)
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

  it('of a source that hung once: the next scrape starts again', async () => {
    let asked = 0
    const source: PageSource = {
      families: (scrape) => (++asked === 1 ? new Promise(() => undefined) : smallPage().families(scrape)),
    }
    const url = await serve({ timeoutMs: 30 }, source)
    expect((await fetchRaw(url)).status).toBe(503)
    expect((await fetchRaw(url)).status).toBe(200)
  })

  it('of a client that disconnects early: the next one is served', async () => {
    const url = await serve({}, largePage())
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
    const page = `${await serve({ recorder, pages: { '/elsewhere': smallPage(), '/broken': throwingPage(new Error('no')) } })}`
    expect((await fetchRaw(page.replace('/metrics', '/elsewhere'))).status).toBe(200)
    expect((await fetchRaw(page.replace('/metrics', '/broken'))).status).toBe(500)
  })
})

async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise(setImmediate)
}
