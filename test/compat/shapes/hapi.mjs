import { Readable } from 'node:stream'
import hapi from '@hapi/hapi'
import { breakOff, events, fail, hold, later, never, pieces } from './answers.mjs'

const app = hapi.server({ port: Number(process.env.PORT), host: '127.0.0.1', debug: false })
const get = (path, handler) => app.route({ method: 'GET', path, handler })
get('/users/{id}', (request) => ({ id: request.params.id }))
app.route({
  method: 'POST',
  path: '/users/{id}',
  options: { payload: { parse: false } },
  handler: (request, toolkit) => toolkit.response(request.payload.toString()).code(201),
})
await app.register(
  {
    name: 'items',
    register(items) {
      items.route({ method: 'GET', path: '/items/{item}', handler: (request) => request.params })
      items.route({ method: 'GET', path: '/fail/{item}', handler: fail })
    },
  },
  { routes: { prefix: '/shops/{shop}' } },
)
get('/files/{path*}', () => 'file')
app.auth.scheme('none', () => ({ authenticate: (_request, toolkit) => toolkit.unauthenticated(new Error('secret')) }))
app.auth.strategy('none', 'none')
app.route({ method: 'GET', path: '/guarded/{id}', options: { auth: 'none' }, handler: never })
get('/held', (request, toolkit) => {
  hold(request.raw.req, request.raw.res)
  return toolkit.abandon
})
get('/fail', fail)
get('/broken', (request, toolkit) => {
  breakOff(request.raw.res)
  return toolkit.abandon
})
get('/stream', () => Readable.from(pieces(), { objectMode: false }))
get('/events', (_request, toolkit) =>
  toolkit.response(Readable.from(events(), { objectMode: false })).type('text/event-stream'),
)
get('/slow', async () => {
  await later()
  return 'slow'
})
get('/never', never)
get('/empty', (_request, toolkit) => toolkit.response().code(204))
get('/moved', (_request, toolkit) => toolkit.redirect('/users/1'))
get('/gone', (_request, toolkit) => toolkit.response('gone').code(404))
await app.start()
