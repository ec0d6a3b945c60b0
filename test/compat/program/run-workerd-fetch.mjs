import { createRecorder } from '@quipu/core'
import { applications, countsOf } from './fetch-applications.mjs'

// A worker with every application, which a header of a request chooses: `observed`, `bare`, or the counts of the first.
const served = new Map(
  Object.entries(applications).map(([name, { make, bare }]) => {
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
