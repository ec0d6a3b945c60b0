import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
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
  await build({
    entryPoints: [join(folder, 'program', 'run-workerd.mjs')],
    outfile: join(folder, `${era}.js`),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'error',
  })
  const config = join(folder, `${era}.capnp`)
  writeFileSync(config, configOf(era))
  const worker = await serve(program, config)
  try {
    const report = await (await fetch(`${worker.url}/conformance`)).text()
    const page = await fetch(`${worker.url}/custom_metrics`, { headers: { 'accept-encoding': 'gzip' } })
    const text = await page.text()
    const isPage = page.status === 200 && /^app_active_sessions 3$/m.test(text)
    const { passed, failed, output } = readChecks({ code: 0, output: report })
    return isPage
      ? { passed: passed + 1, failed, output: output + worker.output() }
      : {
          passed,
          failed: failed + 1,
          output: `${output}failed: the page over HTTP: ${page.status} ${text.slice(0, 200)}\n${worker.output()}`,
        }
  } finally {
    worker.end()
  }
}

function configOf(era) {
  const { compatibilityDate, asyncContext } = eras[era]
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "${era}.js")],
  compatibilityDate = "${compatibilityDate}",
  bindings = [(name = "asyncContext", json = "${asyncContext}")],
);
`
}

/** Starts workerd on a free port, which it reports on a separate file descriptor. */
function serve(program, config) {
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
