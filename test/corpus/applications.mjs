import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { root } from '../../scripts/run.mjs'
import { runProgram } from '../compat/run-program.mjs'
import { freePort, startServed } from '../compat/served.mjs'
import { startServer, tokens } from './application-server.mjs'
import { installed } from './install.mjs'

// Unchanged applications from npm, without and with `--import @quipu/sdk/register`: they behave the same, and the numbers
// that arrive over OTLP equal those of the model server.

const EXPORTS_MS = 30_000

/** Runs an application without and with Quipu; returns `right`, or the difference. */
export async function checkApplication(application, program) {
  const folder = await installed(application.packages)
  const bare = await run(application, program, folder, '')
  if (bare.failure !== undefined) return `without Quipu: ${bare.failure}`
  const register = pathToFileURL(join(root, 'packages', 'sdk', 'dist', 'register.js')).href
  const observed = await run(application, program, folder, `--import ${register}`)
  if (observed.failure !== undefined) return observed.failure
  return observed.result === bare.result ? 'right' : `another result: ${firstDifference(bare.result, observed.result)}`
}

/** Both results where they begin to differ. */
function firstDifference(was, is) {
  const at = [...was].findIndex((character, i) => character !== is[i])
  const around = (text) => text.slice(Math.max(0, at - 60), at + 60)
  return at < 0 ? `longer by ${is.slice(was.length, was.length + 120)}` : `was ${around(was)}, is ${around(is)}`
}

/** Runs an application once, until its exports are as expected if Node has options. */
async function run(application, program, folder, nodeOptions) {
  const server = await startServer()
  // Next to the packages, so that imports find them.
  const cwd = mkdtempSync(join(folder, 'run-'))
  const env = {
    ...application.environment,
    NODE_OPTIONS: nodeOptions,
    PATH: `${dirname(program)}${delimiter}${process.env.PATH}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
  }
  try {
    for (const [name, text] of Object.entries(application.files)) {
      writeFileSync(join(cwd, name), text.replaceAll('MODEL_SERVER', server.url))
    }
    const started = application.ask === undefined ? runToEnd : runServed
    const { failure, result = '', end } = await started(application, { program, folder, cwd, env })
    const wrong = failure ?? (await countsOf(application, server, nodeOptions !== ''))
    await end?.()
    return { failure: wrong, result: alike(result.replaceAll(server.url, '').replaceAll(cwd, '')) }
  } finally {
    server.close()
    rmSync(cwd, { recursive: true, force: true })
  }
}

async function runToEnd({ command, result }, { program, folder, cwd, env }) {
  const { code, output } = await runProgram(program, command(folder), { cwd, timeoutMs: 240_000, env })
  return code === 0 ? { result: result(output) } : { failure: `ended with ${code}: ${output.slice(-600)}` }
}

async function runServed({ command, ask }, { program, folder, cwd, env }) {
  const port = await freePort()
  const args = command(folder, port)
  const { base, end } = await startServed({ program, args, cwd, env: { ...env, PORT: String(port) }, port })
  try {
    return { result: await ask(base, { program, folder, cwd, env }), end }
  } catch (error) {
    await end()
    throw error
  }
}

/** Returns the first wrong count after all expected counts have arrived, if any. */
async function countsOf({ calls, counts = [] }, server, isObserved) {
  if (server.calls !== calls) return `the server saw ${server.calls} calls instead of ${calls}`
  if (!isObserved) return undefined
  const expected = [
    ['llm_requests_total', {}, calls],
    ['llm_tokens_total', { type: 'input' }, calls * tokens.input],
    ['llm_tokens_total', { type: 'output' }, calls * tokens.output],
    ...counts,
  ]
  const wrong = () => expected.filter(([name, labels, count]) => server.countOf(name, labels) !== count)
  for (const startedAt = performance.now(); wrong().length > 0 && performance.now() - startedAt < EXPORTS_MS; )
    await wait(100)
  if (server.received().includes('planted')) return 'a metric has content of a call'
  if (wrong().length === 0) return undefined
  return wrong()
    .map(
      ([name, labels, count]) => `${name}${JSON.stringify(labels)} ${server.countOf(name, labels)} instead of ${count}`,
    )
    .join('; ')
}

/** Removes the parts of a result that differ between two runs: ids, times and durations. */
function alike(text) {
  return text
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'id')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, 'time')
    .replaceAll(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'time')
    .replaceAll(/\b\d{13}\b/g, 'time')
    .replaceAll(/"(\w*(?:Ms|Time|duration))":[\d.]+/gi, '"$1":0')
}
