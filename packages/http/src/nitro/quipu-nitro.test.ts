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
])('requests of %s are counted by the route that its router matches later', async (_name, eventOf, matchedRoute) => {
  const recorder = createRecorder()
  const steps: ((event: never) => void)[] = []
  quipuNitro({ recorder })({ hooks: { hook: (_event, step) => steps.push(step) } })
  const url = await listen((request, response) => {
    const event = eventOf(request)
    for (const step of steps) step(event as never)
    const context = 'context' in event ? event.context : event.req.context
    if (request.url !== '/none') Object.assign(context, { matchedRoute })
    response.end('answer')
  })
  for (const path of ['/users/secret', '/none']) await (await fetch(url + path)).text()
  await expect
    .poll(() => valuesOf(recorder, 'app_requests_total'))
    .toEqual({ '/users/:id GET 200': 1, 'unmatched GET 200': 1 })
})
