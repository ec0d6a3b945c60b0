import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { median, minimum } from '../statistics.js'
import type { Case } from './case.js'

/** Code and arguments of an otherwise empty application. */
interface Setup {
  readonly flags: readonly string[]
  readonly program: string
}
type Setups = { readonly [library: string]: Setup }

/** The unchanged application: `--import` loads everything. It ends because it has nothing to do. */
const registered: Setups = {
  quipu: byImport('@quipu/sdk/register'),
  otel: byImport('@opentelemetry/auto-instrumentations-node/register'),
}

/** Metrics and a page for Prometheus, in code. */
const inCode: Setups = {
  quipu: inModule("const { start } = await import('@quipu/sdk'); await start({ prometheus: { port: 0 } }).ready"),
  otel: inModule(`
    const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
    const { MeterProvider } = await import('@opentelemetry/sdk-metrics')
    const { metrics } = await import('@opentelemetry/api')
    const exporter = new PrometheusExporter({ port: 0, preventServerStart: true })
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }))
    await exporter.startServer()`),
  'prom-client': inModule(`
    const { collectDefaultMetrics, register } = await import('prom-client')
    const { createServer } = await import('node:http')
    collectDefaultMetrics()
    const server = createServer((_, response) => register.metrics().then((text) => response.end(text)))
    await new Promise((done) => server.listen(0, '127.0.0.1', done))`),
}

function byImport(module: string): Setup {
  return { flags: ['--import', module], program: '' }
}

function inModule(program: string): Setup {
  return { flags: ['--input-type=module'], program: `${program}; process.exit(0)` }
}

const bare: Setup = { flags: [], program: '' }
/** Prints the peak memory of the process. */
const LAST = "process.on('exit', () => process.stdout.write(String(process.resourceUsage().maxRSS)));"
const environment = {
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_METRICS_EXPORTER: 'prometheus',
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
}

export const registering = startCase(registered)
export const starting = startCase(inCode)

/** Additional time and peak memory of a process, compared with one without any library. */
function startCase(setups: Setups): Case {
  return async (name, { quick }) => {
    const setup = setups[name]
    if (setup === undefined) return {}
    const folder = createFolder()
    try {
      const pairs = Array.from({ length: quick ? 3 : 9 }, () => [run(bare, folder), run(setup, folder)] as const)
      const extra = (of: (values: readonly number[]) => number, field: 'ms' | 'megabytes'): number =>
        of(pairs.map(([, used]) => used[field])) - of(pairs.map(([without]) => without[field]))
      return {
        ms: extra(median, 'ms'),
        minMs: extra(minimum, 'ms'),
        megabytes: extra(median, 'megabytes'),
        minMegabytes: extra(minimum, 'megabytes'),
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

/** A folder with only these packages installed, without frameworks that would be observed. */
function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quipu-bench-start-'))
  const require = createRequire(import.meta.url)
  const packages = [
    '@quipu/sdk',
    '@opentelemetry/auto-instrumentations-node',
    '@opentelemetry/exporter-prometheus',
    '@opentelemetry/sdk-metrics',
    '@opentelemetry/api',
    'prom-client',
  ]
  for (const name of packages) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    const places = (require.resolve.paths(name) ?? []).map((modules) => join(modules, name))
    symlinkSync(places.find((place) => existsSync(place)) ?? '', link, 'junction')
  }
  return folder
}

function run({ flags, program }: Setup, cwd: string): { readonly ms: number; readonly megabytes: number } {
  const from = performance.now()
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', LAST + program], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })
  const ms = performance.now() - from
  const kilobytes = Number.parseFloat(stdout)
  if (Number.isNaN(kilobytes)) throw new Error(`the application did not start: ${stderr}`)
  return { ms, megabytes: kilobytes / 1024 }
}
