import { gunzipSync } from 'node:zlib'
import { createRecorder } from '@quipu/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { catalogPage } from '../families/catalog-page.js'
import { createHandler } from './handler.js'

const recorder = createRecorder()
const { fetch } = createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder })
const get = (path: string, init: RequestInit = {}) => fetch(new Request(`http://shop.example${path}`, init))

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a Request', () => {
  it('is answered with a Response, and fetch needs no this', async () => {
    const response = await get('/custom_metrics')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await response.text()).toContain('\napp_active_sessions 0\n')
  })

  it.each([
    ['/custom_metrics/', {}, 200],
    ['/internal/v1/custom_metrics?name[]=app_active_sessions', {}, 200],
    ['/internal/my_custom_metrics', {}, 404],
    ['/custom_metrics/other', {}, 404],
    ['/other', {}, 404],
    ['/custom_metrics', { method: 'POST' }, 405],
  ])('%s %j gets %d', async (path, init, status) => expect((await get(path, init)).status).toBe(status))

  it('HEAD has no body', async () => {
    const response = await get('/custom_metrics', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.body).toBeNull()
  })

  it('gets gzip when it accepts it', async () => {
    const response = await get('/custom_metrics', { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(await response.arrayBuffer()).toString()).toContain('app_active_sessions 0')
  })

  it('gets the same response without Node’s modules', async () => {
    // Not the whole of `process`: the test runner needs it while the page is written.
    const builtins = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
    const edge = createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, auth: { bearer: 'abc' } })
    const request = (authorization: string) =>
      edge.fetch(
        new Request('http://shop.example/custom_metrics', { headers: { authorization, 'accept-encoding': 'gzip' } }),
      )
    const response = await request('Bearer abc')
    const refused = await request('Bearer abd')
    const body = await response.arrayBuffer()
    builtins.mockRestore()
    expect(refused.status).toBe(401)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(body).toString()).toContain('app_active_sessions 0')
  })
})
