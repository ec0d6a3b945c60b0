import { Readable } from 'node:stream'
import { node } from '@elysiajs/node'
import { Elysia } from 'elysia'
import { breaking, events, fail, later, never, pieces } from './answers.mjs'
import { isNode, serveFetch } from './serve-fetch.mjs'

const body = (make, init) => new Response(Readable.toWeb(Readable.from(make())), init)
const app = new Elysia(isNode ? { adapter: node() } : {})
if (process.env.ADAPTER) app.use((await import('@quipu/http/elysia')).quipuElysia())
app.get('/users/:id', ({ params }) => ({ id: params.id }))
app.post('/users/:id', ({ body, set }) => {
  set.status = 201
  return body
})
app.group('/shops/:shop', (items) => items.get('/items/:item', ({ params }) => params).get('/fail/:item', fail))
app.get('/files/*', () => 'file')
app.get('/guarded/:id', never, { beforeHandle: ({ status }) => status(401, 'no') })
app.get('/fail', fail)
app.get('/broken', () => body(breaking, { headers: { 'content-type': 'text/plain' } }))
app.get('/stream', () => body(pieces))
app.get('/events', () => body(events, { headers: { 'content-type': 'text/event-stream' } }))
app.get('/slow', async () => {
  await later()
  return 'slow'
})
app.get('/never', never)
app.get('/empty', ({ status }) => status(204))
app.get('/moved', () => new Response(null, { status: 302, headers: { location: '/users/1' } }))
app.get('/gone', ({ status }) => status(404, 'gone'))
// On Deno it has no server of its own.
if (globalThis.Deno === undefined) app.listen({ port: Number(process.env.PORT), hostname: '127.0.0.1' })
else await serveFetch(app.fetch)
