import type { IncomingMessage } from 'node:http'
import { createRecorder, type Recorder } from '@quipu/core'
import { initTRPC, TRPCError } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { valuesOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from '../node-http.js'
import { quipuTrpc } from './quipu-trpc.js'

let recorder: Recorder
beforeEach(() => {
  recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
})
afterEach(closeAll)

function serve(): Promise<string> {
  const t = initTRPC.context<{ req: IncomingMessage }>().create()
  const procedure = t.procedure.use(quipuTrpc({ recorder }))
  const router = t.router({
    user: t.router({
      byId: procedure.input((id) => String(id)).query(({ input }) => ({ id: input })),
      rename: procedure.mutation(() => 'renamed'),
    }),
    missing: procedure.query(() => {
      throw new TRPCError({ code: 'NOT_FOUND', message: 'secret' })
    }),
    broken: procedure.query(() => {
      throw new RangeError('secret')
    }),
    ticks: procedure.subscription(async function* () {
      yield 1
    }),
  })
  return listen(createHTTPHandler({ router, createContext: ({ req }) => ({ req }) }))
}

test('each procedure is a feature and the endpoint of its request; no page contains clients’ input', async () => {
  const url = await serve()
  const answers = []
  for (const path of ['user.byId?input="secret"', 'user.byId?input="2"', 'missing', 'broken', 'nothing']) {
    const response = await fetch(`${url}/${path}`)
    answers.push([response.status, JSON.parse(await response.text()).result?.data])
  }
  const json = { 'content-type': 'application/json' }
  await (await fetch(`${url}/user.rename`, { method: 'POST', headers: json, body: '{}' })).text()
  expect(answers).toEqual([
    [200, { id: 'secret' }],
    [200, { id: '2' }],
    [404, undefined],
    [500, undefined],
    [404, undefined],
  ])
  await expect
    .poll(() => valuesOf(recorder, 'app_requests_total'))
    .toEqual({
      'user.byId GET 200': 2,
      'user.rename POST 200': 1,
      'missing GET 404': 1,
      'broken GET 500': 1,
      'unmatched GET 404': 1,
    })
  expect(valuesOf(recorder, 'feature_usage_total')).toEqual({
    'user.byId': 2,
    'user.rename': 1,
    missing: 1,
    broken: 1,
  })
  expect(valuesOf(recorder, 'feature_errors_total')).toEqual({
    'missing NOT_FOUND': 1,
    'broken INTERNAL_SERVER_ERROR': 1,
  })
  expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('secret')
})

test('a batch is one request with its own route, and each of its procedures is counted', async () => {
  const url = await serve()
  const input = encodeURIComponent(JSON.stringify({ 0: 'secret', 1: 'secret' }))
  expect((await fetch(`${url}/user.byId,missing?batch=1&input=${input}`)).status).toBe(207)
  expect((await fetch(`${url}/user.byId,user.byId?batch=1&input=${input}`)).status).toBe(200)
  await expect
    .poll(() => valuesOf(recorder, 'app_requests_total'))
    .toEqual({ 'batch GET 207': 1, 'user.byId GET 200': 1 })
  expect(valuesOf(recorder, 'feature_usage_total')).toEqual({ 'user.byId': 3, missing: 1 })
})

test('a call is counted once by two middlewares of one recorder, and by each of two', async () => {
  const other = createRecorder()
  const t = initTRPC.create()
  const all = [recorder, recorder, other].reduce(
    (procedure, each) => procedure.use(quipuTrpc({ recorder: each })),
    t.procedure,
  )
  const url = await listen(createHTTPHandler({ router: t.router({ one: all.query(() => 1) }) }))
  await (await fetch(`${url}/one`)).text()
  for (const each of [recorder, other]) expect(valuesOf(each, 'feature_usage_total')).toEqual({ one: 1 })
})

test('a subscription is counted and not timed', async () => {
  const url = await serve()
  expect(await (await fetch(`${url}/ticks`)).text()).toContain('data: 1')
  expect(valuesOf(recorder, 'feature_usage_total')).toEqual({ ticks: 1 })
  expect(valuesOf(recorder, 'feature_duration_seconds')).toEqual({})
})
