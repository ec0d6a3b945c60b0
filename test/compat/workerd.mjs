import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import { build } from 'esbuild'
import { expectedCounts, paths } from './program/fetch-requests.mjs'
import { readChecks } from './run-program.mjs'

/** An early compatibility date without Node's modules, and the current one. */
export const eras = {
  'workerd-2024': { compatibilityDate: '2024-01-01', asyncContext: false },
  workerd: { compatibilityDate: '2026-11-01', asyncContext: true },
}

/**
 * Bundles the conformance program as a worker, serves it with workerd, and requests its result over HTTP.
 * @param {string} program the path of workerd
 * @param {string} folder an application with the packages
 * @param {keyof typeof eras} era
 */
export async function runInWorkerd(program, folder, era) {
  const { compatibilityDate, asyncContext } = eras[era]
  const worker = await serve(program, folder, {
    entry: 'run-workerd.mjs',
    compatibilityDate,
    bindings: { asyncContext },
  })
  try {
    const report = await (await fetch(`${worker.url}/conformance`)).text()
    const page = await fetch(`${worker.url}/custom_metrics`, { headers: { 'accept-encoding': 'gzip' } })
    const shown = await page.text()
    const isPage = page.status === 200 && /^app_active_sessions 3$/m.test(shown)
    const { passed, failed, output } = readChecks({ code: 0, output: report })
    return isPage
      ? { passed: passed + 1, failed, output: output + worker.output() }
      : {
          passed,
          failed: failed + 1,
          output: `${output}failed: the page over HTTP: ${page.status} ${shown.slice(0, 200)}\n${worker.output()}`,
        }
  } finally {
    worker.end()
  }
}

/** The current date, and the first that has Node's modules by a flag: it lacks registries for finalization. */
export const modelEras = {
  'models/workerd': { compatibilityDate: eras.workerd.compatibilityDate },
  'models/workerd-2024': { compatibilityDate: '2024-09-23', flags: ['nodejs_compat'] },
}

/**
 * Runs model clients in a worker, against a model server in this process. Each path is one request, whose timers end
 * with it.
 */
export async function checkModelsInWorkerd(program, folder, compatibility) {
  const server = await serveModel()
  const bindings = { model: server.url }
  const worker = await serve(program, folder, { entry: 'run-workerd-models.mjs', ...compatibility, bindings })
  try {
    await fetch(`${worker.url}/failing`)
    const report = await (await fetch(`${worker.url}/checks`)).text()
    const { passed, failed, output } = readChecks({ code: 0, output: report })
    return { passed, failed, output: output + worker.output() }
  } finally {
    worker.end()
    server.end()
  }
}

/** Sends requests to handlers in a worker: counts are exact, and responses are those without an adapter. */
export async function checkFetchInWorkerd(program, folder) {
  const { compatibilityDate } = eras.workerd
  const worker = await serve(program, folder, { entry: 'run-workerd-fetch.mjs', compatibilityDate, bindings: {} })
  const failures = []
  const send = (path, name, how) => fetch(worker.url + path, { headers: { 'x-application': name, 'x-how': how } })
  const answersOf = async (name, how) => {
    const answers = []
    for (const path of paths) {
      const response = await send(path, name, how)
      answers.push([response.status, response.headers.get('content-type'), await response.text()])
    }
    return answers
  }
  try {
    const names = await (await send('/', '', 'names')).json()
    for (const name of names) {
      const observed = await answersOf(name, 'observed')
      const bare = await answersOf(name, 'bare')
      const counts = await (await send('/', name, 'counts')).json()
      if (!isDeepStrictEqual(observed, bare)) failures.push(`${name} answered ${observed}\nwithout Quipu ${bare}`)
      if (!isDeepStrictEqual(counts, expectedCounts)) failures.push(`${name} counted ${JSON.stringify(counts)}`)
    }
    const passed = 2 * names.length - failures.length
    return { passed, failed: failures.length, output: failures.join('\n') + worker.output() }
  } finally {
    worker.end()
  }
}

/** Answers as a model: a document or a stream of 900 kB; 429 for the model `failing`, and once for `busy`. */
async function serveModel() {
  let isBusy = true
  const server = createServer(async (request, response) => {
    const { model, stream } = JSON.parse(await text(request))
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
    if (model === 'failing' || (model === 'busy' && isBusy)) {
      isBusy = model !== 'busy' && isBusy
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': '1' }).end('{}')
    } else if (stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const chunk = { model, choices: [{ index: 0, delta: { content: 'x'.repeat(90_000) } }] }
      for (let i = 0; i < 10; i++) response.write(`data: ${JSON.stringify(chunk)}\n\n`)
      response.end(`data: ${JSON.stringify({ model, choices: [], usage })}\n\ndata: [DONE]\n\n`)
    } else {
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'planted-answer' } }]
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ model, choices, usage }))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${server.address().port}/v1`, end: () => server.close().closeAllConnections() }
}

const bundle = (folder, entry, outfile) =>
  build({
    entryPoints: [join(folder, 'program', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    // Workers have Node's modules since 2026-08-04.
    external: ['node:*'],
    logLevel: 'error',
  })

function configOf({ compatibilityDate, flags = [], bindings }, file) {
  const list = Object.entries(bindings).map(
    ([name, value]) => `(name = "${name}", json = ${JSON.stringify(JSON.stringify(value))})`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "${file}")],
  compatibilityDate = "${compatibilityDate}",
  compatibilityFlags = ${JSON.stringify(flags)},
  bindings = [${list.join(', ')}],
);
`
}

/** Serves a worker with workerd on a free port, which it reports on a separate file descriptor. */
async function serve(program, folder, worker) {
  const file = `${worker.compatibilityDate}-${worker.entry}`
  await bundle(folder, worker.entry, join(folder, file))
  const config = join(folder, `${file}.capnp`)
  writeFileSync(config, configOf(worker, file))
  const child = spawn(program, ['serve', config, '--control-fd=3'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece))
  return new Promise((resolve, reject) => {
    let control = ''
    child.stdio[3].on('data', (piece) => {
      control += piece
      const port = /"event":"listen","socket":"http","port":(\d+)/.exec(control)?.[1]
      if (port === undefined) return
      resolve({ url: `http://127.0.0.1:${port}`, output: () => output, end: () => child.kill() })
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code}\n${output}`)))
  })
}
