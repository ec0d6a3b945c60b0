import { afterEach, describe, expect, test } from 'vitest'
import { createProbe, type Express, versions } from '../../fixtures/express-probe.js'
import { closeAll, listen } from '../../fixtures/serving.js'
import { requestMetrics } from './request-metrics.js'

afterEach(closeAll)

describe.each(versions)('%s', (_version, express) => {
  const quiet = (app: ReturnType<Express>) => app.set('env', 'test')

  test('finds the template in nested routers whose mount paths have parameters, also when the handler throws', async () => {
    const { recorder, settled } = createProbe()
    const items = express.Router({ mergeParams: true })
    items.get('/items/:id', (_req, res) => void res.send('ok'))
    items.get('/broken/:id', () => {
      throw new Error('secret')
    })
    items.get('/later/:id', (_req, _res, next) => void setImmediate(() => next(new Error('secret'))))
    const tenants = express.Router()
    tenants.use('/shops/:shop', items)
    tenants.get('/', (_req, res) => void res.send('ok'))
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/api/:tenant', tenants)
    const url = await listen(app)
    const paths = [
      '/api/t1',
      '/api/t1/shops/s1/items/1',
      '/api/t2/shops/s2/items/2',
      '/api/shops/shops/api/items/3',
      '/api/t1/shops/s1/broken/1',
      '/api/t1/shops/s1/later/1',
    ]
    for (const path of paths) await (await fetch(url + path)).text()
    expect(await settled(6)).toEqual({
      '/api/:tenant GET 200': 1,
      '/api/:tenant/shops/:shop/items/:id GET 200': 3,
      '/api/:tenant/shops/:shop/broken/:id GET 500': 1,
      '/api/:tenant/shops/:shop/later/:id GET 500': 1,
    })
    expect(
      recorder.value('app_errors_total', {
        endpoint: '/api/:tenant/shops/:shop/broken/:id',
        error_type: 'server_error',
      }),
    ).toBe(1)
  })

  test('names a route by its whole path where the application has set the URL back within a mounted router', async () => {
    const { recorder, settled } = createProbe()
    const data = express.Router()
    data.get('/data/:id', (_req, res) => void res.send('ok'))
    const web = express.Router()
    web.use((req, _res, next) => {
      req.url = req.originalUrl
      next()
    })
    web.get('/web/users/:id', (_req, res) => void res.send('ok'))
    web.use('/web/:area', data)
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/web', web)
    const url = await listen(app)
    for (const path of ['/web/users/1', '/web/a/data/1', '/web/web/data/2']) await (await fetch(url + path)).text()
    expect(await settled(3)).toEqual({ '/web/users/:id GET 200': 1, '/web/:area/data/:id GET 200': 2 })
  })

  test('finds the template in an application that is mounted in another', async () => {
    const { recorder, settled } = createProbe()
    const admin = express()
    admin.get('/reports/:year', (_req, res) => void res.send('ok'))
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/admin/:area', admin)
    const url = await listen(app)
    await (await fetch(`${url}/admin/north/reports/2026`)).text()
    expect(await settled(1)).toEqual({ '/admin/:area/reports/:year GET 200': 1 })
  })

  test('names a mounted handler that responds without a route by its mount path', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/graphql', (_req, res) => void res.json({}))
    app.use((_req, res) => void res.status(401).end())
    const url = await listen(app)
    await (await fetch(`${url}/graphql/anything`)).text()
    await (await fetch(`${url}/elsewhere`)).text()
    expect(await settled(2)).toEqual({ '/graphql GET 200': 1, 'unmatched GET 401': 1 })
  })

  test('a mounted handler that fails is counted by its mount path', async () => {
    const { recorder, settled } = createProbe()
    const fail = (status: number) => Object.assign(new RangeError('secret'), { status })
    const inner = express.Router({ mergeParams: true })
    inner.use('/inner/:id', (_req, _res, next) => next(fail(502)))
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/passed/:id', (_req, _res, next) => next())
    app.use('/graphql/:tenant', (_req, _res, next) => void setImmediate(() => next(fail(500))))
    app.use('/outer/:id', inner, (_req, _res, next) => next(fail(503)))
    app.use((_req, _res, next) => next(fail(404)))
    app.use('/graphql', (_req, _res, next) => next())
    const url = await listen(app)
    for (const path of ['/graphql/t1', '/outer/1/inner/2', '/outer/1', '/elsewhere', '/passed/1']) {
      await (await fetch(url + path)).text()
    }
    expect(await settled(5)).toEqual({
      '/graphql/:tenant GET 500': 1,
      '/outer/:id/inner/:id GET 502': 1,
      '/outer/:id GET 503': 1,
      'unmatched GET 404': 2,
    })
  })

  test('a mounted handler that fails last is counted by its mount path, and one that passes on is not', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    app.use(requestMetrics({ recorder }))
    app.use('/passed/:id', (_req, _res, next) => next())
    app.use('/graphql/:tenant', (_req, _res, next) => next(new Error('secret')))
    const url = await listen(app)
    for (const path of ['/graphql/t1', '/passed/1']) await (await fetch(url + path)).text()
    expect(await settled(2)).toEqual({ '/graphql/:tenant GET 500': 1, 'unmatched GET 404': 1 })
  })
})
