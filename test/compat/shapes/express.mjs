import { once } from 'node:events'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { breakOff, events, fail, hold, later, never, pieces } from './answers.mjs'

// Express 4 declares wildcards without a name, and forwards no rejected promise.
const isOld = 'del' in express.application
const app = express()
app.set('env', 'test')
app.use(express.text({ type: () => true }))
app.get('/users/:id', (request, response) => response.json({ id: request.params.id }))
app.post('/users/:id', (request, response) => response.status(201).send(request.body ?? ''))
const items = express.Router({ mergeParams: true })
items.get('/items/:item', (request, response) => response.json(request.params))
items.get('/fail/:item', (_request, _response, next) => void fail().catch(next))
app.use('/shops/:shop', items)
app.get(/^\/numbers\/(\d+)$/, (request, response) => response.send(request.params[0]))
app.get(isOld ? '/files/*' : '/files/*path', (_request, response) => response.send('file'))
app.get(['/either', '/or'], (_request, response) => response.send('either'))
app.use('/public', express.static(fileURLToPath(new URL('.', import.meta.url))))
app.get('/guarded/:id', (_request, response) => response.status(401).end())
app.get('/held', hold)
app.get('/fail', (_request, _response, next) => void fail().catch(next))
app.get('/broken', (_request, response) => breakOff(response))
app.get('/stream', (_request, response) => Readable.from(pieces()).pipe(response))
app.get('/events', (_request, response) => Readable.from(events()).pipe(response.type('text/event-stream')))
app.get('/slow', async (_request, response) => {
  await later()
  response.send('slow')
})
app.get('/never', never)
app.get('/empty', (_request, response) => response.status(204).end())
app.get('/moved', (_request, response) => response.redirect('/users/1'))
app.get('/gone', (_request, response) => response.status(404).send('gone'))
app.use((error, _request, response, next) => {
  if (response.headersSent) return next(error)
  response.status(error.status ?? 500).send('failed')
})
await once(app.listen(Number(process.env.PORT), '127.0.0.1'), 'listening')
