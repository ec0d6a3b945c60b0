import { catalogPage, createHandler } from '@quipu/prometheus'
import { equal, ok } from './checks.mjs'
import { busyRecorder, parsePage } from './page.mjs'

const url = 'http://localhost/custom_metrics'

function handlerOf(options) {
  const recorder = busyRecorder()
  return createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder, ...options })
}

const bytesOf = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer())

/** Handlers of `Request` and `Response`. */
export async function handlerChecks({ check }) {
  await check('a scrape gets the page', async () => {
    const response = await handlerOf().fetch(new Request(url))
    equal([response.status, response.headers.get('content-type')], [200, 'text/plain; version=0.0.4; charset=utf-8'])
    const { samples } = parsePage(await response.text())
    equal(samples.get('app_active_sessions[]'), 3)
  })
  await check('a scraper that asks for OpenMetrics gets it', async () => {
    const headers = { accept: 'application/openmetrics-text; version=1.0.0,text/plain;q=0.5' }
    const response = await handlerOf().fetch(new Request(url, { headers }))
    ok(response.headers.get('content-type').startsWith('application/openmetrics-text; version=1.0.0'), 'it says so')
    parsePage(await response.text(), { openMetrics: true })
  })
  await check('a protobuf page is framed by its lengths', async () => {
    const accept = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
    const response = await handlerOf().fetch(new Request(url, { headers: { accept } }))
    const bytes = new Uint8Array(await response.arrayBuffer())
    let at = 0
    let messages = 0
    while (at < bytes.length) {
      let length = 0
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++]
        length |= (byte & 0x7f) << shift
        if (byte < 0x80) break
      }
      at += length
      messages++
    }
    equal(at, bytes.length, 'the end of the last message')
    ok(messages > 10, 'there are many families')
  })
  await check('gzip is what it says, where there is one', async () => {
    const response = await handlerOf().fetch(new Request(url, { headers: { 'accept-encoding': 'gzip' } }))
    const coding = response.headers.get('content-encoding')
    const bytes = new Uint8Array(await response.arrayBuffer())
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    equal(isGzip, coding === 'gzip', 'whether the body is gzip')
    if (!isGzip) return parsePage(new TextDecoder().decode(bytes))
    const plain = await bytesOf(new Response(bytes).body.pipeThrough(new DecompressionStream('gzip')))
    return parsePage(new TextDecoder().decode(plain))
  })
  await check('HEAD, other methods, other paths and name[]', async () => {
    const { fetch } = handlerOf()
    const head = await fetch(new Request(url, { method: 'HEAD' }))
    equal([head.status, await head.text()], [200, ''])
    equal((await fetch(new Request(url, { method: 'POST', body: 'x' }))).status, 405)
    equal((await fetch(new Request('http://localhost/other'))).status, 404)
    const some = await fetch(new Request(`${url}?name[]=app_active_sessions`))
    equal([...parsePage(await some.text()).types.keys()], ['app_active_sessions'])
  })
  await check('a page with a token rejects requests without it', async () => {
    const { fetch } = handlerOf({ auth: { bearer: 'a-token-of-enough-length' } })
    equal((await fetch(new Request(url))).status, 401)
    const wrong = await fetch(new Request(url, { headers: { authorization: 'Bearer another-token' } }))
    equal(wrong.status, 401)
    const right = await fetch(new Request(url, { headers: { authorization: 'Bearer a-token-of-enough-length' } }))
    equal(right.status, 200)
  })
  await check('many scrapes at once all get the whole page', async () => {
    const { fetch } = handlerOf()
    const pages = await Promise.all(Array.from({ length: 50 }, async () => (await fetch(new Request(url))).text()))
    for (const page of pages) parsePage(page)
  })
}
