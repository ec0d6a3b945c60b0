import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { freePort } from '../servers/index.js'
import { blocksOf, endProgram, startProgram } from './page-programs.js'
import { root } from './repository-pages.js'

// The blocks of docs/guides/: programs are run, and blocks that are also in other files equal those.

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
afterEach(endProgram)

test('many processes: the page has the requests of all workers', async () => {
  const [code = ''] = blocksOf('docs/guides/many-processes.md', 'js')
  const port = await freePort()
  const program = startProgram(code.replace('3000', String(port)))
  const pages = await program.pages()
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(
      (response) => response.text(),
      () => '',
    )
  await expect.poll(ask, { timeout: 15_000 }).toBe('done')
  for (let i = 0; i < 29; i++) expect(await ask()).toBe('done')
  const counted = async () => {
    const page = await (await fetch(pages)).text()
    return Number(/^app_requests_total\{endpoint="unmatched"[^}]*\} (\d+)/m.exec(page)?.[1])
  }
  await expect.poll(counted, { timeout: 15_000 }).toBe(30)
})

describe('serverless', () => {
  const [code = ''] = blocksOf('docs/guides/serverless.md', 'js')
  const twice = `${code}
for (const text of ['one', 'three']) console.log(JSON.stringify(await handler({ text })))
await quipu.shutdown()`

  test('each invocation sends its recorded values before it returns', async () => {
    const bodies: string[] = []
    const server = createServer(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const { exitCode, stdout, stderr } = await startProgram(
        twice,
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        },
        [],
      ).ended
      expect({ exitCode, stdout }, stderr).toEqual({
        exitCode: 0,
        stdout: '{"statusCode":200,"body":"3"}\n{"statusCode":200,"body":"5"}\n',
      })
      expect(bodies.map(usesOf).filter((uses) => uses > 0)).toEqual([1, 1])
    } finally {
      server.close()
    }
  })

  test('a back end that does not exist does not fail the function', async () => {
    const { exitCode, stdout } = await startProgram(twice, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, [])
      .ended
    expect({ exitCode, lines: stdout.split('\n').length - 1 }).toEqual({ exitCode: 0, lines: 2 })
  })

  test('a worker counts its requests and model calls on its page', async () => {
    const [, , worker = ''] = blocksOf('docs/guides/serverless.md', 'js')
    const server = createServer((_, response) => {
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'a summary' } }]
      const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices, usage }))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    const run = `${worker.replace('export default', 'const worker =')}
const env = { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: '${baseUrl}' }
const ask = (path, init) => worker.fetch(new Request('http://localhost' + path, init), env).then((answer) => answer.text())
console.log(await ask('/', { method: 'POST', body: 'a text' }))
console.log((await ask('/custom_metrics')).match(/^(llm|app)_requests_total.*|^llm_tokens_total.*$/gm).join('\\n'))`
    try {
      const { stdout, stderr } = await startProgram(run, {}, []).ended
      expect(stdout, stderr).toBe(`a summary
llm_requests_total{model="gpt-4o-mini",endpoint="chat"} 1
llm_tokens_total{model="gpt-4o-mini",type="input"} 7
llm_tokens_total{model="gpt-4o-mini",type="output"} 3
llm_tokens_total{model="gpt-4o-mini",type="total"} 10
app_requests_total{endpoint="/summarize",method="POST",status_code="200"} 1
`)
    } finally {
      server.close()
    }
  })

  test('a function of Lambda has sent its requests and model calls when Lambda gets the response', async () => {
    const [, code = ''] = blocksOf('docs/guides/serverless.md', 'js')
    const events = ['GET /summaries/{id}', 'POST /summaries']
    const { url, responses, close } = await serveLambda(events)
    try {
      const { exitCode, stderr } = await startProgram(
        code + lambdaRuntime,
        {
          AWS_LAMBDA_RUNTIME_API: new URL(url).host,
          OPENAI_API_KEY: 'none',
          OPENAI_BASE_URL: `${url}/v1`,
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        },
        [],
      ).ended
      expect(exitCode, stderr).toBe(0)
      expect(responses).toEqual([
        { body: 'a summary', calls: 1, requests: ['GET /summaries/{id} 200'] },
        { body: 'a summary', calls: 1, requests: ['POST /summaries 200'] },
      ])
    } finally {
      close()
    }
  })

  /** Uses of the feature in an OTLP request. */
  function usesOf(body: string): number {
    const metrics: { name: string; sum?: { dataPoints: { asInt?: string; asDouble?: number }[] } }[] = JSON.parse(
      body,
    ).resourceMetrics[0].scopeMetrics.flatMap(({ metrics }: { metrics: object[] }) => metrics)
    const [point] = metrics.find(({ name }) => name === 'feature_usage_total')?.sum?.dataPoints ?? []
    return Number(point?.asInt ?? point?.asDouble ?? 0)
  }
})

/** The loop of Lambda's runtime interface client, over its HTTP API, until there is no event. */
const lambdaRuntime = `
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/'
for (;;) {
  const next = await fetch(api + 'next')
  if (next.status !== 200) break
  const answer = JSON.stringify(await handler(await next.json()))
  await fetch(api + next.headers.get('lambda-runtime-aws-request-id') + '/response', { method: 'POST', body: answer })
}
process.exit()`

/** What an invocation had sent when its response arrived. */
interface LambdaResponse {
  readonly body: string
  readonly calls: number
  readonly requests: readonly string[]
}

/** Serves Lambda's runtime API, a model and an OTLP back end. */
async function serveLambda(routeKeys: readonly string[]) {
  const left = [...routeKeys]
  const responses: LambdaResponse[] = []
  let exported: Point[] = []
  const answers: Readonly<Record<string, (body: string) => object>> = {
    '/v1/chat/completions': () => ({
      model: 'gpt-4o-mini',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'a summary' } }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    }),
    '/v1/metrics': (body) => {
      exported.push(...pointsOf(body))
      return {}
    },
    '/2018-06-01/runtime/invocation/next': () => ({ routeKey: left.shift(), body: 'a text' }),
    '/2018-06-01/runtime/invocation/1/response': (body) => {
      const named = (name: string) => exported.filter((point) => point.name === name)
      responses.push({
        body: JSON.parse(body).body,
        calls: named('llm_requests_total').reduce((sum, { value }) => sum + value, 0),
        requests: named('app_requests_total').map(({ labels }) => labels),
      })
      exported = []
      return {}
    },
  }
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    const body = Buffer.concat(await request.toArray()).toString()
    const isEnd = path.endsWith('/next') && left.length === 0
    response.writeHead(isEnd ? 403 : 200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': '1',
    })
    response.end(JSON.stringify(answers[path]?.(body) ?? {}))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, responses, close: () => void server.close() }
}

/** A point of an OTLP request, with the values of its labels `method`, `endpoint` and `status_code`. */
interface Point {
  readonly name: string
  readonly value: number
  readonly labels: string
}

function pointsOf(body: string): readonly Point[] {
  interface Sent {
    readonly asInt?: string
    readonly asDouble?: number
    readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
  }
  const metrics: readonly { readonly name: string; readonly sum?: { readonly dataPoints: readonly Sent[] } }[] =
    JSON.parse(body).resourceMetrics.flatMap(({ scopeMetrics }: { scopeMetrics: { metrics: object[] }[] }) =>
      scopeMetrics.flatMap((scope) => scope.metrics),
    )
  return metrics.flatMap(({ name, sum }) =>
    (sum?.dataPoints ?? []).map(({ asInt, asDouble, attributes }) => {
      const labelOf = (label: string) => attributes.find(({ key }) => key === label)?.value.stringValue
      const labels = ['method', 'endpoint', 'status_code'].map(labelOf).join(' ')
      return { name, value: Number(asInt ?? asDouble), labels }
    }),
  )
}

test('containers: the command is that of the tested image', () => {
  expect(read('deploy/your-app.Dockerfile')).toContain(blocksOf('docs/guides/containers.md', 'dockerfile')[0])
})

test('kubernetes: the pod is that of the manifests, and every variable exists', () => {
  const [pod = '', job = ''] = blocksOf('docs/guides/kubernetes.md', 'yaml')
  const manifest = read('deploy/kubernetes/app.yaml')
  for (const line of pod.trimEnd().split('\n')) expect(manifest).toContain(line)
  const names = parse(job).env.map(({ name }: { name: string }) => name)
  const known = names.filter((name: string) => name.startsWith('OTEL_'))
  expect(names).toEqual(['HOST_IP', ...known])
  for (const name of known) expect(read('docs/configuration.md')).toContain(`\`${name}\``)
})

test('next: the code is that of the application that the matrix builds', () => {
  const [code = '', user] = blocksOf('docs/guides/next.md', 'js')
  const tested = read('test/compat/next/instrumentation.js')
  const ofTestsOnly = /^.*(?:INSTRUMENTED|process\.stdout).*\n/gm
  expect(code.replace('port: 9464', 'port: 0')).toBe(tested.replace(ofTestsOnly, ''))
  expect(user).toBe(read('test/compat/next/user.js'))
})
