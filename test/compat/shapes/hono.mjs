import { Readable } from 'node:stream'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { breaking, breakOff, events, fail, hold, later, never, pieces } from './answers.mjs'
import { isNode, serveFetch } from './serve-fetch.mjs'

const app = new Hono()
if (process.env.ADAPTER) app.use((await import('@quipu/http/hono')).quipuHono())
const body = (make) => Readable.toWeb(Readable.from(make()))
app.use(async (_context, next) => next())
app.onError((_error, context) => context.text('failed', 500))
app.get('/users/:id', (context) => context.json({ id: context.req.param('id') }))
app.post('/users/:id', async (context) => context.text(await context.req.text(), 201))
const items = new Hono()
items.get('/items/:item', (context) => context.json(context.req.param()))
items.get('/fail/:item', fail)
app.route('/shops/:shop', items)
app.get('/numbers/:number{[0-9]+}', (context) => context.text(context.req.param('number')))
app.get('/files/*', (context) => context.text('file'))
app.use('/guarded/*', async (context) => context.text('no', 401))
app.get('/guarded/:id', never)
app.get('/held', (context) => {
  if (!isNode) return context.text('held')
  hold(context.env.incoming, context.env.outgoing)
  return RESPONSE_ALREADY_SENT
})
app.get('/fail', fail)
app.get('/broken', (context) => {
  if (!isNode) return context.body(body(breaking), 200, { 'content-type': 'text/plain' })
  breakOff(context.env.outgoing)
  return RESPONSE_ALREADY_SENT
})
app.get('/stream', (context) => context.body(body(pieces)))
app.get('/events', (context) => context.body(body(events), 200, { 'content-type': 'text/event-stream' }))
app.get('/slow', async (context) => {
  await later()
  return context.text('slow')
})
app.get('/never', never)
app.get('/empty', (context) => context.body(null, 204))
app.get('/moved', (context) => context.redirect('/users/1'))
app.get('/gone', (context) => context.text('gone', 404))
await serveFetch(app.fetch)
