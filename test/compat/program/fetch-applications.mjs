import { observeFetch } from '@quipu/http/fetch'
import { quipuH3 } from '@quipu/http/h3'
import { quipuHono } from '@quipu/http/hono'
import { H3 } from 'h3'
import { Hono } from 'hono'

/** The counts of requests by endpoint, method and status. */
export function countsOf(recorder) {
  const reading = recorder.readings().find(({ name }) => name === 'app_requests_total')
  return Object.fromEntries(reading?.cells().map((cell) => [cell.values.join(' '), cell.data[cell.at]]) ?? [])
}

/** A body in three pieces. */
function pieces() {
  let left = 3
  return new ReadableStream({
    async pull(controller) {
      await Promise.resolve()
      if (left-- === 0) controller.close()
      else controller.enqueue(new TextEncoder().encode('piece '))
    },
  })
}

function answer(request) {
  const { pathname } = new URL(request.url)
  if (pathname === '/stream') return new Response(pieces(), { headers: { 'content-type': 'text/event-stream' } })
  if (pathname.startsWith('/users/')) return Response.json({ id: pathname.slice(7) })
  return new Response('nothing', { status: 404 })
}

const routeOf = (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/stream') return pathname
  return pathname.startsWith('/users/') ? '/users/:id' : undefined
}

/** Applications with their adapters, and without. */
export const applications = {
  'a bare handler': {
    make: (recorder) => observeFetch(answer, { recorder, route: routeOf }),
    bare: () => answer,
  },
  Hono: {
    make: (recorder) => honoApp(new Hono().use(quipuHono({ recorder }))).fetch,
    bare: () => honoApp(new Hono()).fetch,
  },
  h3: {
    make: (recorder) => {
      const app = h3App(new H3().register(quipuH3({ recorder })))
      return (request) => app.fetch(request)
    },
    bare: () => h3App(new H3()).fetch,
  },
}

/** A response in three pieces. */
export const stream = () => new Response(pieces(), { headers: { 'content-type': 'text/event-stream' } })
const honoApp = (app) => app.get('/users/:id', (c) => c.json({ id: c.req.param('id') })).get('/stream', stream)
const h3App = (app) => app.get('/users/:id', ({ context }) => ({ id: context.params.id })).get('/stream', stream)
