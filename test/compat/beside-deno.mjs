import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { runProgram } from './run-program.mjs'

const requests = 10

/** An application that sends requests to its own two servers, until both exporters have sent their counts. */
const application = `import { createServer } from 'node:http'
const server = createServer((request, response) => response.end('node'))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { addr } = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, () => new Response('deno'))
for (const port of [server.address().port, addr.port]) {
  for (let i = 0; i < ${requests / 2}; i++) await (await fetch('http://127.0.0.1:' + port + '/secret')).text()
}
while ((await (await fetch(Deno.env.get('OTEL_EXPORTER_OTLP_ENDPOINT') + '/complete')).text()) === 'no') {
  await new Promise((resolve) => setTimeout(resolve, 100))
}
Deno.exit()`

/**
 * Runs Deno with its own OpenTelemetry beside `register`: one back end gets each request once under each name.
 * @param {string} deno the program
 * @param {string} folder where the packages are installed
 */
export async function checkBesideDeno(deno, folder) {
  const received = new Map()
  const total = (name) =>
    [...received].filter(([key]) => key.endsWith(` ${name}`)).reduce((sum, [, one]) => sum + one, 0)
  const isComplete = () => total('app_requests_total') >= requests && total('http.server.request.duration') >= requests
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    if (request.url === '/complete') return response.end(isComplete() ? 'yes' : 'no')
    if (request.url === '/v1/metrics') {
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      for (const [key, count] of countsIn(JSON.parse(text))) received.set(key, count)
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const env = {
    OTEL_DENO: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.address().port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  }
  writeFileSync(join(folder, 'beside.mjs'), application)
  const register = './node_modules/@quipu/sdk/dist/register.js'
  const args = ['run', '--no-prompt', '--allow-all', '--preload', register, 'beside.mjs']
  const { code, output } = await runProgram(deno, args, { cwd: folder, env, timeoutMs: 60_000 })
  server.close()
  const failures = [
    ...(code === 0 ? [] : [`ended with ${code}`]),
    ...['app_requests_total', 'http.server.request.duration']
      .filter((name) => total(name) !== requests)
      .map((name) => `${name} has ${total(name)} requests, not ${requests}`),
  ]
  const seen = JSON.stringify(Object.fromEntries(received), null, 1)
  return {
    passed: 3 - failures.length,
    failed: failures.length,
    output: failures.length === 0 ? '' : `${failures.join('\n')}\n${seen}\n${output}`,
  }
}

/** The counts of an OTLP request, by scope and name. */
function* countsIn({ resourceMetrics }) {
  for (const { scopeMetrics } of resourceMetrics) {
    for (const { scope, metrics } of scopeMetrics) {
      for (const { name, sum, histogram } of metrics) {
        const points = (sum ?? histogram)?.dataPoints ?? []
        const count = points.reduce((all, point) => all + Number(point.asInt ?? point.asDouble ?? point.count), 0)
        yield [`${scope.name} ${name}`, count]
      }
    }
  }
}
