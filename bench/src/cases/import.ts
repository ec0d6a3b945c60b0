import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { median, minimum } from '../statistics.js'
import type { Case } from './case.js'

/** The minimal import for recording. */
const imports: { readonly [library: string]: { readonly module: string; readonly names: string } } = {
  quipu: { module: '@quipu/core', names: 'createRecorder' },
  otel: { module: '@opentelemetry/sdk-metrics', names: 'MeterProvider' },
  'prom-client': { module: 'prom-client', names: 'Counter, Gauge, Histogram, Registry' },
  'prometheus-io': { module: '@prometheus-io/client', names: 'Counter, Gauge, Histogram, Registry' },
}
const here = dirname(fileURLToPath(import.meta.url))

/** Import of a library in a process that has loaded the OpenTelemetry API: time, modules, size of a bundle. */
export const importing: Case = async (name, { quick }) => {
  const wanted = imports[name]
  if (wanted === undefined) return {}
  const times = Array.from({ length: quick ? 3 : 7 }, () => timeImport(wanted.module))
  const bundle = await build({
    stdin: { contents: `export { ${wanted.names} } from '${wanted.module}'`, resolveDir: here },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    external: ['@opentelemetry/api'],
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const bytes = bundle.outputFiles[0]?.contents ?? new Uint8Array()
  return {
    ms: median(times),
    minMs: minimum(times),
    modules: Object.keys(bundle.metafile.inputs).length - 1,
    kB: bytes.length / 1000,
    gzipKB: gzipSync(bytes, { level: 9 }).length / 1000,
  }
}

function timeImport(module: string): number {
  const script = `import '@opentelemetry/api'
const from = performance.now()
await import('${module}')
console.log(performance.now() - from)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: here,
    encoding: 'utf8',
  })
  const ms = Number.parseFloat(stdout)
  if (Number.isNaN(ms)) throw new Error(`importing ${module} failed: ${stderr}`)
  return ms
}
