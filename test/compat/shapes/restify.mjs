import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import restify from 'restify'
import { breakOff, events, fail, hold, later, never, pieces } from './answers.mjs'

const app = restify.createServer()
const send =
  (value, code = 200) =>
  (_request, response, next) => {
    response.send(code, value)
    next()
  }
app.get('/users/:id', (request, response, next) => {
  response.send({ id: request.params.id })
  next()
})
app.post('/users/:id', async (request, response) => {
  const body = []
  for await (const piece of request) body.push(piece)
  response.sendRaw(201, Buffer.concat(body).toString())
})
app.get('/shops/:shop/items/:item', (request, response, next) => {
  response.send(request.params)
  next()
})
app.get('/shops/:shop/fail/:item', async () => fail())
app.get('/numbers/:number(^\\d+$)', (request, response, next) => {
  response.send(request.params.number)
  next()
})
app.get('/files/*', send('file'))
const guard = (_request, response, next) => {
  response.send(401)
  next(false)
}
app.get('/guarded/:id', guard, async () => never())
app.get('/held', async (request, response) => hold(request, response))
app.get('/fail', async () => fail())
app.get('/broken', async (_request, response) => {
  breakOff(response)
})
app.get('/stream', async (_request, response) => {
  await pipeline(Readable.from(pieces()), response)
})
app.get('/events', async (_request, response) => {
  response.setHeader('content-type', 'text/event-stream')
  await pipeline(Readable.from(events()), response)
})
app.get('/slow', async (_request, response) => {
  await later()
  response.send('slow')
})
app.get('/never', async () => never())
app.get('/empty', send(undefined, 204))
app.get('/moved', (_request, response, next) => response.redirect('/users/1', next))
app.get('/gone', send('gone', 404))
app.listen(Number(process.env.PORT), '127.0.0.1')
