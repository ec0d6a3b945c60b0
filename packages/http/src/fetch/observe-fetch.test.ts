import { createRecorder, type Recorder } from '@quipu/core'
import { beforeEach, expect, test } from 'vitest'
import { type ObserveFetchOptions, observeFetch } from './observe-fetch.js'

let recorder: Recorder
beforeEach(() => {
  recorder = createRecorder()
})

/** The series of a metric by their labels, with the value of a counter or gauge, or the sum of a histogram. */
function seriesOf(name: string): Record<string, number> {
  const reading = recorder.readings().find((one) => one.name === name)
  const isHistogram = reading?.spec.kind === 'histogram'
  return Object.fromEntries(
    reading?.cells().map(({ values, data, at }) => {
      const buckets = data.subarray(at + 1, at + 2 + reading.bounds.length)
      return [values.map(String).join(' '), isHistogram ? buckets.reduce((sum, one) => sum + one, 0) : (data[at] ?? 0)]
    }) ?? [],
  )
}

const counts = () => seriesOf('app_requests_total')
const active = () => Object.values(seriesOf('http.server.active_requests'))

function observe(answer: (request: Request) => Response | Promise<Response>, options: ObserveFetchOptions = {}) {
  const handler = observeFetch(answer, { recorder, route: () => '/users/:id', ...options })
  return (init: RequestInit = {}) => handler(new Request('https://host/users/secret?token=secret', init))
}

test.each([
  ['a text', () => new Response('answer', { status: 201, headers: { 'x-one': '1' } }), 'POST 201'],
  ['no body', () => new Response(null, { status: 204 }), 'POST 204'],
  ['a redirect', () => Response.redirect('https://host/elsewhere', 302), 'POST 302'],
  ['JSON', () => Response.json({ id: 1 }), 'POST 200'],
])('%s gets the response of the handler, and is counted by its template', async (_name, answer, counted) => {
  const expected = answer()
  const response = await observe(answer)({ method: 'POST', body: 'secret' })
  expect([response.status, response.statusText, [...response.headers]]).toEqual([
    expected.status,
    expected.statusText,
    [...expected.headers],
  ])
  expect(await response.text()).toBe(await expected.text())
  expect(counts()).toEqual({ [`/users/:id ${counted}`]: 1 })
  expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('secret')
})

test('a body in memory is counted with its size when the handler returns, and stays in memory', async () => {
  const response = await observe(() => Response.json({ id: 'a'.repeat(92) }))()
  expect(counts()).toEqual({ '/users/:id GET 200': 1 })
  expect(Object.values(seriesOf('http.server.response.body.size'))).toEqual([1])
  expect((await response.json()).id).toHaveLength(92)
})

test('a request lasts until its body was read, and is active until then', async () => {
  let push = (_text: string): void => undefined
  let close = (): void => undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      push = (text) => controller.enqueue(new TextEncoder().encode(text))
      close = () => controller.close()
    },
  })
  const response = await observe(() => new Response(body))()
  const reader = response.body?.getReader()
  push('one')
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one')
  expect([counts(), active()]).toEqual([{}, [1]])
  close()
  expect((await reader?.read())?.done).toBe(true)
  expect([counts(), active()]).toEqual([{ '/users/:id GET 200': 1 }, [0]])
})

test('a body is read no faster than its reader reads', async () => {
  let asked = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        asked++
        controller.enqueue(new Uint8Array(1))
      },
    },
    { highWaterMark: 0 },
  )
  const reader = (await observe(() => new Response(body))()).body?.getReader()
  for (let i = 0; i < 3; i++) await reader?.read()
  expect(asked).toBeLessThanOrEqual(4)
  await reader?.cancel()
})

test('a reader that cancels the body is counted as a disconnected client', async () => {
  let reason: unknown
  const body = new ReadableStream({
    cancel(given) {
      reason = given
    },
  })
  const response = await observe(() => new Response(body))()
  await response.body?.cancel('enough')
  expect([reason, counts(), active()]).toEqual(['enough', { '/users/:id GET 499': 1 }, [0]])
})

test('an aborted body stays aborted and counts as an error', async () => {
  const broken = new Error('disk')
  const body = new ReadableStream({
    pull: (controller) => controller.error(broken),
  })
  const response = await observe(() => new Response(body))()
  await expect(response.text()).rejects.toBe(broken)
  expect([counts(), active()]).toEqual([{ '/users/:id GET 500': 1 }, [0]])
})

test.each([
  ['throws', () => Promise.resolve().then(() => boom())],
  ['throws at once', () => boom()],
])('a handler that %s rejects with its own error and counts as an error', async (_name, answer) => {
  await expect(observe(answer)()).rejects.toBe(failure)
  expect([counts(), active()]).toEqual([{ '/users/:id GET 500': 1 }, [0]])
})

const failure = new Error('secret')
function boom(): never {
  throw failure
}

test('a request without a template is unmatched, also if the route function throws', async () => {
  await (await observe(() => new Response('x'), { route: undefined })()).text()
  await (await observe(() => new Response('x'), { route: boom })()).text()
  expect(counts()).toEqual({ 'unmatched GET 200': 2 })
})

test('the handler may determine the template', async () => {
  let found: string | undefined
  const answer = (): Response => {
    found = '/items/:item'
    return new Response('x')
  }
  await (await observe(answer, { route: () => found })()).text()
  expect(counts()).toEqual({ '/items/:item GET 200': 1 })
})

test('further arguments of the platform reach the handler', async () => {
  const handler = observeFetch((_request, env: { readonly name: string }) => new Response(env.name), { recorder })
  expect(await (await handler(new Request('https://host/'), { name: 'worker' })).text()).toBe('worker')
})
