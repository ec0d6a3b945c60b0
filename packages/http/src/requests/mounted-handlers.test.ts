import Router from '@koa/router'
import { createRecorder, type Recorder } from '@quipu/core'
import * as honoExports from 'hono'
import Koa from 'koa'
// @ts-expect-error koa-mount has no types.
import mount from 'koa-mount'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { serveHonoApp } from '../../fixtures/fetch-applications.js'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { valuesOf } from '../../fixtures/values-of.js'
import { observeHono, observeKoa } from '../auto.js'
import { quipuHono } from '../hono.js'
import { observeHttpServers } from '../node-http.js'

beforeAll(() => {
  expect([observeKoa(Koa), observeHono(honoExports)]).toEqual([true, true])
})

afterEach(closeAll)

const counts = (recorder: Recorder) => valuesOf(recorder, 'app_requests_total')

function observed(): Recorder {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  return recorder
}

async function get(url: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await (await fetch(url + path)).text()
}

function koaWith(name: string): Koa {
  const app = new Koa()
  const router = new Router()
  router.get('/items/:item', (context) => {
    context.body = name
  })
  app.use(router.routes())
  return app
}

test('equal routes of two applications that koa-mount runs are two templates', async () => {
  const recorder = observed()
  const app = new Koa()
  app.use(mount('/shop', koaWith('shop')))
  app.use(mount('/office', koaWith('office')))
  // koa-mount passes this one on to the router below.
  app.use(koaWith('own').middleware[0] as never)
  const router = new Router()
  router.get('/office/:room/key', (context) => {
    context.body = 'key'
  })
  app.use(router.routes())
  await get(await listen(app.callback()), ['/shop/items/1', '/office/items/2', '/items/3', '/office/b/key'])
  await expect
    .poll(() => counts(recorder))
    .toEqual({
      '/shop/items/:item GET 200': 1,
      '/office/items/:item GET 200': 1,
      '/items/:item GET 200': 1,
      '/office/:room/key GET 200': 1,
    })
})

function honoApplication(recorder?: Recorder): honoExports.Hono {
  const app = new honoExports.Hono()
  if (recorder !== undefined) app.use(quipuHono({ recorder }) as never)
  app.use('*', (_context, next) => next())
  app.use('/files/*', (context, next) => (context.req.path.endsWith('.txt') ? context.text('file') : next()) as never)
  app.mount('/old', () => new Response('old'))
  app.get('/files/:name/size', (context) => context.text('1'))
  return app
}

const paths = ['/files/a.txt', '/files/b/size', '/files/none', '/old/any', '/none']
const expected = {
  '/files/* GET 200': 1,
  '/files/:name/size GET 200': 1,
  '/old/* GET 200': 1,
  'unmatched GET 404': 2,
}

test('responses of a folder or an application that Hono mounts have its pattern', async () => {
  const recorder = observed()
  await get(await serveHonoApp(honoApplication()), paths)
  await expect.poll(() => counts(recorder)).toEqual(expected)
})

test('the adapter of Hono names them alike, on Node and for fetch', async () => {
  const recorder = createRecorder()
  const app = honoApplication(recorder)
  await get(await serveHonoApp(app), paths)
  await expect.poll(() => counts(recorder)).toEqual(expected)
  const other = createRecorder()
  for (const path of paths) await (await honoApplication(other).request(path)).text()
  await expect.poll(() => counts(other)).toEqual(expected)
})
