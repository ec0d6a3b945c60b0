import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { closeAll, listen } from '../../fixtures/serving.js'
import { valuesOf } from '../../fixtures/values-of.js'
import { quipuNitro } from './quipu-nitro.js'

afterEach(closeAll)

/** The events that built Nitro 2 and 3 pass to their hooks, with the properties of their routers. */
test.each([
  ['Nitro 2', (req: object) => ({ node: { req }, context: {} as object }), { path: '/users/:id' }],
  [
    'Nitro 3',
    (req: object) => ({ req: { runtime: { node: { req } }, context: {} as object } }),
    { route: '/users/:id' },
  ],
])(
  'requests of %s are counted by the route that its router matches later, and errors by their class',
  async (_name, eventOf, matchedRoute) => {
    const recorder = createRecorder()
    const steps = new Map<string, (...args: never[]) => void>()
    quipuNitro({ recorder })({ hooks: { hook: (name, step) => steps.set(name, step) } })
    const url = await listen((request, response) => {
      const event = eventOf(request)
      steps.get('request')?.(event as never)
      if (request.url === '/users/broken') {
        response.statusCode = 500
        const error = Object.assign(new Error('secret'), { unhandled: true, cause: new RangeError('secret') })
        steps.get('error')?.(error as never, { event } as never)
      }
      const context = 'context' in event ? event.context : event.req.context
      if (request.url !== '/none') Object.assign(context, { matchedRoute })
      response.end('answer')
    })
    for (const path of ['/users/secret', '/users/broken', '/none']) await (await fetch(url + path)).text()
    await expect
      .poll(() => valuesOf(recorder, 'app_requests_total'))
      .toEqual({ '/users/:id GET 200': 1, '/users/:id GET 500': 1, 'unmatched GET 200': 1 })
    const failed = Object.keys(valuesOf(recorder, 'http.server.request.duration')).filter((series) =>
      / 500 /.test(series),
    )
    expect(failed).toEqual(['GET 500 /users/:id http 1.1 RangeError'])
  },
)
