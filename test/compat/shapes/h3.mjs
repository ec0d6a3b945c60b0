import { Readable } from 'node:stream'
import { H3, HTTPError, redirect, serve } from 'h3'
import { breaking, events, fail, later, never, pieces } from './answers.mjs'

const app = new H3({ silent: true })
const body = (make, init) => new Response(Readable.toWeb(Readable.from(make())), init)
app.use((_event, next) => next())
app.get('/users/:id', ({ context }) => ({ id: context.params.id }))
app.post('/users/:id', async ({ req, res }) => {
  res.status = 201
  return req.text()
})
const items = new H3()
items.get('/:shop/items/:item', ({ context }) => context.params)
items.get('/:shop/fail/:item', fail)
app.mount('/shops', items)
app.get('/numbers/:number(\\d+)', ({ context }) => context.params.number)
app.get('/files/**', () => 'file')
app.use('/guarded/**', () => new Response('no', { status: 401 }))
app.get('/guarded/:id', never)
app.get('/fail', fail)
app.get('/broken', () => body(breaking))
app.get('/stream', () => body(pieces))
app.get('/events', () => body(events, { headers: { 'content-type': 'text/event-stream' } }))
app.get('/slow', async () => {
  await later()
  return 'slow'
})
app.get('/never', never)
app.get('/empty', () => new Response(null, { status: 204 }))
app.get('/moved', () => redirect('/users/1'))
app.get('/gone', () => {
  throw new HTTPError('gone', { status: 404 })
})
await serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true }).ready()
