import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Framework, Observer } from './request-cases.js'

/** Applications with one route with a parameter; `hang` gets no response. Each resolves to its port. */
export const apps: Readonly<Record<Framework, (observer: Observer) => Promise<number>>> = {
  'node:http': () => listen((request, response) => void (hangs(request.url) || response.end('ok'))),

  async 'Express 5'(observer) {
    const { default: express } = await import('express')
    const app = express()
    if (observer === 'express-prom-bundle') {
      const { default: bundle } = await import('express-prom-bundle')
      app.use(bundle({ includeMethod: true, includePath: true }) as never)
    }
    const users = express.Router()
    users.get('/:id', (request, response) => void (hangs(request.url) || response.end('ok')))
    app.use('/users', users)
    return listen(app)
  },

  async 'Fastify 5'(observer) {
    const { default: createFastify } = await import('fastify')
    const app = createFastify()
    if (observer === 'fastify-metrics') {
      const { default: metrics } = await import('fastify-metrics')
      await app.register(metrics as never)
    }
    app.get('/users/:id', (request, reply) => void (hangs(request.url) || reply.send('ok')))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  },

  async 'Koa 3'() {
    const { default: Koa } = await import('koa')
    const { default: Router } = await import('@koa/router')
    const router = new Router()
    router.get('/users/:id', (context) => {
      if (hangs(context.url)) return never
      context.body = 'ok'
      return undefined
    })
    return listen(new Koa().use(router.routes()).callback())
  },

  async 'Hono 4'() {
    const { Hono } = await import('hono')
    const { serve } = await import('@hono/node-server')
    const app = new Hono()
    app.get('/users/:id', (context) => (hangs(context.req.path) ? never : context.text('ok')))
    return new Promise((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
    })
  },
}

const never = new Promise<never>(() => undefined)

function hangs(url: string | undefined): boolean {
  return url?.endsWith('hang') === true
}

function listen(listener: RequestListener): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer(listener)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
