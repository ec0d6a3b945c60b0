import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRecorder } from '@quipu/core'
import { requestMetrics } from '@quipu/http/express'
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import { samplesOf } from '../fixtures/page-points.js'
import { start } from './start.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function startHere(options: Parameters<typeof start>[0] = {}) {
  const recorder = createRecorder()
  const quipu = start({ recorder, exitHooks: false, ...options })
  closing.push(() => quipu.shutdown())
  return { quipu, recorder }
}

/** The application of fixtures/instrumentator_app.py, in Express. */
async function serveItems(recorder: ReturnType<typeof createRecorder>): Promise<string> {
  const app = express()
  app.use(requestMetrics({ recorder }))
  app.get('/items/:item_id', (_req, res) => void res.type('text').send('item'))
  app.post('/items/:item_id', (_req, res) => void res.status(201).type('text').send('made'))
  app.get('/moved', (_req, res) => void res.status(302).location('/items/1').end())
  app.get('/failed', (_req, res) => void res.status(503).type('text').send('sorry'))
  app.use((_req, res) => void res.status(404).send('{"detail":"Not Found"}'))
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  closing.push(() => server.closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Samples with uniform spelling of numbers. Durations vary, so only their presence is compared. */
function comparable(page: string): Record<string, number | string> {
  const text = page.replaceAll('{item_id}', ':item_id')
  return Object.fromEntries(
    [...samplesOf(text)]
      .filter(([name]) => /^http_re(?:quest|sponse)/.test(name))
      .map(([name, value]) => [name, /duration\w*_(?:sum|bucket)/.test(name) ? 'a duration' : value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function types(page: string): string[] {
  return [...page.matchAll(/^# TYPE (http_re(?:quest|sponse)\S* \S+)$/gm)].map(([, type]) => type ?? '').sort()
}

test('the same requests give the same page as prometheus-fastapi-instrumentator: families, types, labels, values', async () => {
  const { quipu, recorder } = startHere()
  const url = await serveItems(recorder)
  for (const [path, method, body] of [
    ['/items/1?secret=1', 'GET'],
    ['/items/2', 'GET'],
    ['/items/7', 'POST', 'hello'],
    ['/moved', 'GET'],
    ['/failed', 'GET'],
    ['/none', 'GET'],
    ['/none/at/all', 'GET'],
  ] as const) {
    await (await fetch(url + path, { method, redirect: 'manual', ...(body !== undefined && { body }) })).text()
  }
  const theirs = readFileSync(new URL('../fixtures/instrumentator-page.txt', import.meta.url), 'utf8')
  await expect
    .poll(async () => samplesOf(await quipu.page('metrics')).get('http_request_duration_highr_seconds_count'))
    .toBe(7)
  const ours = await quipu.page('metrics')
  expect(types(ours)).toEqual(types(theirs))
  expect(comparable(ours)).toEqual(comparable(theirs))
  expect(ours).not.toContain('secret')
})

test('the standard page has the selected vocabularies', async () => {
  const families = async (standard: readonly ('semconv' | 'instrumentator' | 'prom_client')[]) => {
    const { quipu } = startHere({ prometheus: { port: 0, standard } })
    const page = await quipu.page('metrics')
    await quipu.shutdown()
    return ['process_cpu_time_seconds_total', 'process_cpu_seconds_total', 'nodejs_version_info'].filter((name) =>
      page.includes(`# TYPE ${name} `),
    )
  }
  expect(await families(['semconv'])).toEqual(['process_cpu_time_seconds_total'])
  expect(await families(['prom_client'])).toEqual(['process_cpu_seconds_total', 'nodejs_version_info'])
  expect(await families(['semconv', 'prom_client'])).toHaveLength(3)
})
