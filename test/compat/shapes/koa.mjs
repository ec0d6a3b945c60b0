import { once } from 'node:events'
import { Readable } from 'node:stream'
import * as routing from '@koa/router'
import Koa from 'koa'
import { breakOff, events, fail, hold, later, never, pieces } from './answers.mjs'

const Router = routing.Router ?? routing.default
const app = new Koa()
app.silent = true
const router = new Router()
router.get('/users/:id', (context) => {
  context.body = { id: context.params.id }
})
router.post('/users/:id', async (context) => {
  const body = []
  for await (const piece of context.req) body.push(piece)
  context.status = 201
  context.body = Buffer.concat(body).toString()
})
const items = new Router()
items.get('/items/:item', (context) => {
  context.body = context.params
})
items.get('/fail/:item', fail)
router.use('/shops/:shop', items.routes())
router.get(/^\/numbers\/(\d+)$/, (context) => {
  context.body = context.captures[0]
})
router.get(routing.Router === undefined ? '/files/(.*)' : '/files/*path', (context) => {
  context.body = 'file'
})
router.get(['/either', '/or'], (context) => {
  context.body = 'either'
})
const guard = (context) => context.throw(401)
router.get('/guarded/:id', guard, never)
router.get('/held', (context) => {
  context.respond = false
  hold(context.req, context.res)
})
router.get('/fail', fail)
router.get('/broken', (context) => {
  context.respond = false
  breakOff(context.res)
})
router.get('/stream', (context) => {
  context.body = Readable.from(pieces())
})
router.get('/events', (context) => {
  context.type = 'text/event-stream'
  context.body = Readable.from(events())
})
router.get('/slow', async (context) => {
  await later()
  context.body = 'slow'
})
router.get('/never', never)
router.get('/empty', (context) => {
  context.status = 204
})
router.get('/moved', (context) => context.redirect('/users/1'))
router.get('/gone', (context) => {
  context.status = 404
  context.body = 'gone'
})
app.use(router.routes()).use(router.allowedMethods())
await once(app.listen(Number(process.env.PORT), '127.0.0.1'), 'listening')
