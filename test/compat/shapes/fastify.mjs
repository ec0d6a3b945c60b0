import { Readable } from 'node:stream'
import fastify from 'fastify'
import { breakOff, events, fail, hold, later, never, pieces } from './answers.mjs'

const app = fastify()
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
app.get('/users/:id', async (request) => ({ id: request.params.id }))
app.post('/users/:id', async (request, reply) => reply.code(201).send(request.body))
await app.register(
  async (items) => {
    items.get('/items/:item', async (request) => request.params)
    items.get('/fail/:item', fail)
  },
  { prefix: '/shops/:shop' },
)
app.get('/numbers/:number(^\\d+$)', async (request) => request.params.number)
app.get('/files/*', async () => 'file')
app.get('/guarded/:id', { preHandler: async (_request, reply) => reply.code(401).send('no') }, never)
app.get('/held', (request, reply) => {
  reply.hijack()
  hold(request.raw, reply.raw)
})
app.get('/fail', fail)
app.get('/broken', (_request, reply) => {
  reply.hijack()
  breakOff(reply.raw)
})
app.get('/stream', (_request, reply) => reply.send(Readable.from(pieces())))
app.get('/events', (_request, reply) => reply.type('text/event-stream').send(Readable.from(events())))
app.get('/slow', async () => {
  await later()
  return 'slow'
})
app.get('/never', never)
app.get('/empty', async (_request, reply) => reply.code(204).send())
app.get('/moved', async (_request, reply) => reply.redirect('/users/1'))
app.get('/gone', async (_request, reply) => reply.code(404).send('gone'))
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
