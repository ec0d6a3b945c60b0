import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, totalmem } from 'node:os'
import { dirname, join } from 'node:path'

/** Where and on what the figures were taken. */
export interface Environment {
  readonly date: string
  readonly node: string
  readonly platform: string
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  /** One, five and fifteen minutes; a load near the number of cores makes the absolute figures doubtful. */
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

/** Begins to watch; what it returns ends it. */
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

/** The version that is installed; some packages do not export their manifest, so it is looked for above the entry. */
function versionOf(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
      if (manifest.name === name) return String(manifest.version)
    } catch {
      // Not this folder.
    }
    const above = dirname(folder)
    if (above === folder) return 'unknown'
    folder = above
  }
}
