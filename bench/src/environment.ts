import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, totalmem } from 'node:os'
import { dirname, join } from 'node:path'

/** The machine and versions of a measurement. */
export interface Environment {
  readonly date: string
  readonly node: string
  readonly platform: string
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  /** Load over one, five and fifteen minutes; a load near the number of cores makes absolute figures unreliable. */
  readonly loadBefore: readonly number[]
  readonly loadAfter: readonly number[]
  readonly seconds: number
  readonly versions: { readonly [name: string]: string }
}

const packages = [
  '@quipu/core',
  '@quipu/prometheus',
  '@opentelemetry/api',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/exporter-metrics-otlp-http',
  'prom-client',
  '@prometheus-io/client',
]

/** Starts to sample the load; returns a function that stops it. */
export function watchEnvironment(): () => Environment {
  const loadBefore = loadavg()
  const from = performance.now()
  const [processor] = cpus()
  return () => ({
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore,
    loadAfter: loadavg(),
    seconds: Math.round((performance.now() - from) / 1000),
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  })
}

/** Returns the installed version. Some packages do not export their manifest, so it is searched for above the entry. */
function versionOf(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
      if (manifest.name === name) return String(manifest.version)
    } catch {
      // The manifest is not in this folder.
    }
    const above = dirname(folder)
    if (above === folder) return 'unknown'
    folder = above
  }
}
