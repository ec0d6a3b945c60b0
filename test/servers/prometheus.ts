import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from './free-port.js'
import { formatPrometheusConfig, type PrometheusConfig } from './prometheus-config.js'
import { createPromqlServer, type PromqlServer } from './promql.js'
import { answersOk, startServer } from './start-server.js'
import { createTemporaryDirectory } from './temporary-directory.js'
import { waitUntil } from './wait-until.js'

export interface PrometheusOptions extends PrometheusConfig {
  /** An unchanged configuration file, instead of `scrapes`, `rules` and `settings`. */
  readonly configFile?: string
  /** Whether to receive OTLP at `otlpUrl`. */
  readonly otlp?: boolean
  /** A folder with blocks to query, used instead of empty storage. */
  readonly dataFolder?: string
  /** Feature flags, such as `exemplar-storage`. */
  readonly features?: readonly string[]
}

/** The state of one scraped address. */
export interface Target {
  readonly job: string
  readonly scrapeUrl: string
  /** `unknown` until the first scrape ended. */
  readonly health: 'up' | 'down' | 'unknown'
  /** The error of the last scrape; empty after a successful one. */
  readonly lastError: string
  readonly labels: Readonly<Record<string, string>>
  /** Start of the last scrape in Unix milliseconds; far below zero before the first. */
  readonly lastScrapeMs: number
}

/** A running Prometheus on loopback. */
export interface Prometheus extends PromqlServer {
  readonly url: string
  /** Address for OTLP metrics, protobuf or JSON; responds 404 without the `otlp` option. */
  readonly otlpUrl: string
  readonly pid: number
  ready(): Promise<boolean>
  targets(): Promise<Target[]>
  /** Resolves to the targets when a scrape after this call has found all of them up; rejects with their errors otherwise. */
  waitForHealthyTargets(timeoutMs?: number): Promise<Target[]>
  /** Resolves to the targets when `isGood` holds for each after a scrape after this call. */
  waitForTargets(isGood: (target: Target) => boolean, timeoutMs?: number): Promise<Target[]>
  /** Its log so far. */
  logs(): string
  /** Ends the process and removes its data. */
  stop(): Promise<void>
}

/**
 * Starts a Prometheus with its own temporary data, and returns when it is ready. Its first scrape comes five seconds
 * later, which no flag shortens: let the tests of a file share one.
 *
 * ```ts
 * const prometheus = await startPrometheus({ scrapes: [{ jobName: 'app', url: 'http://127.0.0.1:9464/metrics' }] })
 * await prometheus.waitForHealthyTargets()
 * await prometheus.query('up')
 * await prometheus.stop()
 * ```
 */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  const { configFile, otlp = false, features = [], dataFolder, ...config } = options
  if (configFile !== undefined && Object.keys(config).length > 0) {
    throw new Error(`configFile is used as it is: ${Object.keys(config).join(', ')} would have no effect`)
  }
  const configText = configFile === undefined ? formatPrometheusConfig(config) : null
  const directory = createTemporaryDirectory('prometheus')
  const configPath = configFile === undefined ? join(directory.path, 'prometheus.json') : resolve(configFile)
  if (configText !== null) writeFileSync(configPath, configText)
  let url = ''
  const launch = async () => {
    const address = `127.0.0.1:${await freePort()}`
    url = `http://${address}`
    return {
      args: [
        `--config.file=${configPath}`,
        `--storage.tsdb.path=${dataFolder ?? join(directory.path, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=warn',
        '--scrape.discovery-reload-interval=100ms', // else up to five seconds more before the first scrape
        ...(otlp ? ['--web.enable-otlp-receiver'] : []),
        ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
      ],
      isReady: () => answersOk(`${url}/-/ready`),
    }
  }
  const server = await startServer('prometheus', launch).catch((error) => {
    directory.remove()
    throw error
  })
  const promql = createPromqlServer(url)
  const targets = async () => toTargets(await promql.api('/api/v1/targets'))
  const waitForTargets = async (isGood: (target: Target) => boolean, timeoutMs = 15_000) => {
    const calledMs = Date.now()
    let last: Target[] = []
    return await waitUntil(
      async () => {
        last = await targets()
        const isFresh = last.length > 0 && last.every((target) => target.lastScrapeMs > calledMs)
        return isFresh && last.every(isGood) ? last : undefined
      },
      timeoutMs,
      () => [`the ${last.length} targets are`, ...last.map(formatTarget), server.output()].join('\n'),
    )
  }
  return {
    ...promql,
    url,
    otlpUrl: `${url}/api/v1/otlp/v1/metrics`,
    pid: server.pid,
    ready: () => answersOk(`${url}/-/ready`).catch(() => false),
    targets,
    waitForHealthyTargets: (timeoutMs) => waitForTargets((target) => target.health === 'up', timeoutMs),
    waitForTargets,
    logs: server.output,
    async stop() {
      await server.stop()
      directory.remove()
    },
  }
}

function toTargets(data: unknown): Target[] {
  const { activeTargets } = data as { activeTargets: RawTarget[] }
  return activeTargets.map(({ scrapePool, scrapeUrl, health, lastError, labels, lastScrape }) => ({
    job: scrapePool,
    scrapeUrl,
    health,
    lastError,
    labels,
    lastScrapeMs: Date.parse(lastScrape),
  }))
}

type RawTarget = Omit<Target, 'job' | 'lastScrapeMs'> & { readonly scrapePool: string; readonly lastScrape: string }

function formatTarget({ job, scrapeUrl, health, lastError }: Target): string {
  return `${job} ${scrapeUrl} ${health}: ${lastError || 'no error'}`
}
