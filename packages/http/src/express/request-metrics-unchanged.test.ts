import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'

import { createProbe, type Express, versions } from '../../fixtures/express-probe.js'
import { closeAll, listen } from '../../fixtures/serving.js'
import { requestMetrics } from './request-metrics.js'

afterEach(closeAll)

describe.each(versions)('%s', (_version, express) => {
  const quiet = (app: ReturnType<Express>) => app.set('env', 'test')

  test('adds no property to the request', async () => {
    const { recorder, settled } = createProbe()
    const app = quiet(express())
    const seen: PropertyKey[] = []
    app.use(requestMetrics({ recorder }))
    app.get('/users/:id', (req, res) => {
      seen.push(...Reflect.ownKeys(req).filter((key) => String(key).includes('quipu')))
      res.send('ok')
    })
    const url = await listen(app)
    await (await fetch(`${url}/users/42`)).text()
    await settled(1)
    expect(seen).toEqual([])
  })

  test('an application behaves the same with and without it', async () => {
    const observations = []
    for (const instrumented of [false, true]) {
      const seen: unknown[] = []
      const app = quiet(express())
      if (instrumented) app.use(requestMetrics({ recorder: createProbe().recorder }))
      const router = express.Router({ mergeParams: true })
      router.param('id', (req, _res, next, id) => {
        seen.push(['param', id, req.baseUrl])
        next()
      })
      router.get('/:id', (req, res) => {
        const child = Object.create(req)
        child.params = { own: true }
        seen.push([
          req.baseUrl,
          { ...req.params },
          req.route?.path,
          req.url,
          Object.hasOwn(req, 'params'),
          child.params,
        ])
        req.params = { replaced: 'yes' } as never
        seen.push([{ ...req.params }, Object.keys(req).includes('baseUrl')])
        res.set('x-own', '1').status(201).send('body')
      })
      router.get('/:id/next', (_req, _res, next) => next('router'))
      app.use('/api/:tenant', router)
      app.use((req, res) => {
        seen.push([req.baseUrl, { ...req.params }, req.url])
        res.status(404).send('none')
      })
      const errors = (_error: Error, _req: unknown, res: ServerResponse, _next: () => void): void =>
        void res.end('error')
      app.use(errors as never)
      const url = await listen(app)
      for (const path of ['/api/t1/7', '/api/t1/7/next', '/nothing', '/%zz']) {
        const response = await fetch(url + path, { headers: { connection: 'close' } })
        const { date: _date, ...headers } = Object.fromEntries(response.headers)
        seen.push([response.status, headers, await response.text()])
      }
      observations.push(seen)
    }
    expect(observations[1]).toEqual(observations[0])
  })

  test('a broken recorder breaks no request', async () => {
    const { recorder } = createProbe()
    const broken = Object.create(recorder, {
      observeRequest: {
        value: () => {
          throw new Error('broken')
        },
      },
      guard: {
        value: (_site: string, fn: () => unknown) => {
          try {
            return fn()
          } catch {
            return undefined
          }
        },
      },
    })
    const app = quiet(express())
    app.use(requestMetrics({ recorder: broken }))
    app.get('/', (_req, res) => void res.send('ok'))
    const url = await listen(app)
    expect(await (await fetch(url)).text()).toBe('ok')
  })
})
