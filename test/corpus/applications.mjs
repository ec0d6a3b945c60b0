import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../scripts/run.mjs'
import { runProgram } from '../compat/run-program.mjs'
import { installed } from './install.mjs'

// Applications from npm, unchanged, started with `--import @quipu/sdk/register`: the numbers that arrive over OTLP are those that
// the server of the model saw.

const answer = {
  id: 'c1',
  object: 'chat.completion',
  model: 'gpt-4.1-2025-04-14',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'planted-answer' } }],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
}

/** `URL` in a file is the server's. */
export const applications = [
  {
    name: 'promptfoo 0.123',
    packages: { promptfoo: '0.123.1' },
    files: {
      'promptfooconfig.yaml': [
        "prompts: ['Translate {{text}} to French', 'Say {{text}}']",
        'providers:',
        '  - id: openai:chat:gpt-4.1',
        '    config: { apiBaseUrl: "URL/v1", apiKey: planted-key }',
        'tests: [{ vars: { text: hello } }, { vars: { text: world } }, { vars: { text: again } }]',
      ].join('\n'),
    },
    command: (folder) => [
      join(folder, 'node_modules/promptfoo/dist/src/entrypoint.js'),
      ...['eval', '--no-cache', '--no-write', '-c', 'promptfooconfig.yaml'],
    ],
    environment: { PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', PROMPTFOO_CONFIG_DIR: '.' },
    calls: 6,
  },
]

/** Runs an application; says `right`, or what is not. */
export async function checkApplication({ packages, files, command, environment, calls }, program) {
  const folder = await installed(packages)
  const server = await startServer()
  const place = mkdtempSync(join(tmpdir(), 'quipu-application-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(place, name), text.replaceAll('URL', server.url))
    }
    const register = pathToFileURL(join(root, 'packages', 'sdk', 'dist', 'register.js')).href
    const { code, output } = await runProgram(program, ['--import', register, ...command(folder)], {
      cwd: place,
      timeoutMs: 240_000,
      env: {
        ...environment,
        OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRICS_EXPORTER: 'otlp',
      },
    })
    if (code !== 0) return `ended with ${code}: ${output.slice(-600)}`
    if (server.calls !== calls) return `the server saw ${server.calls} calls instead of ${calls}`
    const seen = [
      server.sumOf('llm_requests_total'),
      server.sumOf('llm_tokens_total', { type: 'input' }),
      server.sumOf('llm_tokens_total', { type: 'output' }),
    ]
    const sent = [calls, calls * answer.usage.prompt_tokens, calls * answer.usage.completion_tokens]
    return String(seen) === String(sent) ? 'right' : `calls and tokens ${seen} instead of ${sent}`
  } finally {
    server.close()
    rmSync(place, { recursive: true, force: true })
  }
}

/** A model's server that also receives OTLP. */
async function startServer() {
  let calls = 0
  let metrics = []
  const server = createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      if (request.url === '/v1/metrics') {
        const { resourceMetrics } = JSON.parse(Buffer.concat(parts).toString())
        // Sums are cumulative: the last export has them all.
        metrics = resourceMetrics.flatMap((each) => each.scopeMetrics).flatMap((each) => each.metrics)
        response.end('{}')
      } else {
        calls++
        response.end(JSON.stringify(answer))
      }
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get calls() {
      return calls
    },
    sumOf(name, labels = {}) {
      const points = metrics.filter((each) => each.name === name).flatMap((each) => each.sum.dataPoints)
      return points.filter((point) => hasLabels(point, labels)).reduce((sum, point) => sum + numberOf(point), 0)
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function hasLabels({ attributes }, labels) {
  return Object.entries(labels).every(([name, value]) =>
    attributes.some(({ key, value: held }) => key === name && held.stringValue === value),
  )
}

const numberOf = ({ asDouble, asInt }) => Number(asDouble ?? asInt)
