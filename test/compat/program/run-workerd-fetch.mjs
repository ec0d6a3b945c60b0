import { createRecorder } from '@quipu/core'
import { quipuElysia } from '@quipu/http/elysia'
import { Elysia } from 'elysia'
import { CloudflareAdapter } from 'elysia/adapter/cloudflare-worker'
import { applications, countsOf, stream } from './fetch-applications.mjs'

/** Workers compile code while they start only. */
const elysiaApp = (plugin) => {
  const app = new Elysia({ adapter: CloudflareAdapter })
  if (plugin !== undefined) app.use(plugin)
  app.get('/users/:id', ({ params }) => ({ id: params.id })).get('/stream', stream)
  app.compile()
  return (request) => app.fetch(request)
}
const elysia = { make: (recorder) => elysiaApp(quipuElysia({ recorder })), bare: () => elysiaApp() }

// A worker with every application, which a header of a request chooses: `observed`, `bare`, or the counts of the first.
const served = new Map(
  Object.entries({ ...applications, Elysia: elysia }).map(([name, { make, bare }]) => {
    const recorder = createRecorder()
    return [name, { recorder, observed: make(recorder), bare: bare() }]
  }),
)

export default {
  fetch(request, env, context) {
    const chosen = served.get(request.headers.get('x-application'))
    const how = request.headers.get('x-how')
    if (how === 'names') return Response.json([...served.keys()])
    if (how === 'counts') return Response.json(countsOf(chosen.recorder))
    return chosen[how](request, env, context)
  },
}
