import { once } from 'node:events'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { breakOff, events, hold, later, pieces } from './answers.mjs'

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://host')
  if (pathname === '/broken') return breakOff(response)
  if (pathname === '/stream') return Readable.from(pieces()).pipe(response)
  if (pathname === '/events')
    return Readable.from(events()).pipe(response.setHeader('content-type', 'text/event-stream'))
  if (pathname === '/held') return hold(request, response)
  if (pathname === '/never') return
  if (pathname === '/slow') await later()
  request.resume()
  request.once('end', () => response.end('ok'))
})
await once(server.listen(Number(process.env.PORT), '127.0.0.1'), 'listening')
