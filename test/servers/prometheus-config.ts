import { resolve } from 'node:path'

/** One scrape job. Either `url`, the whole address of one page, or `targets`, `host:port` pairs. */
export interface ScrapeJob {
  readonly jobName: string
  readonly url?: string
  readonly targets?: readonly string[]
  /** By default `/metrics`; `url` has its own. */
  readonly metricsPath?: string
  /** A Prometheus duration; default `250ms`, so that tests wait briefly. */
  readonly interval?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly auth?: { readonly bearer: string } | { readonly username: string; readonly password: string }
  /** Any other setting of the job, under Prometheus' names, such as `{ scrape_native_histograms: true }`. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export interface PrometheusConfig {
  readonly scrapes?: readonly ScrapeJob[]
  /** Paths of rule files. */
  readonly rules?: readonly string[]
  /** Any other top-level setting, under Prometheus' names, such as `{ otlp: { … } }`. */
  readonly settings?: Readonly<Record<string, unknown>>
}

const INTERVAL = '250ms'

/** Returns the text of the configuration file, in JSON, which Prometheus reads as YAML. */
export function formatPrometheusConfig({ scrapes = [], rules = [], settings = {} }: PrometheusConfig): string {
  return JSON.stringify({
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: rules.map((path) => resolve(path)),
    scrape_configs: scrapes.map(toScrapeConfig),
    ...settings,
  })
}

function toScrapeConfig(job: ScrapeJob): Record<string, unknown> {
  const interval = job.interval ?? INTERVAL
  return {
    job_name: job.jobName,
    scrape_interval: interval,
    scrape_timeout: interval,
    ...toAddress(job),
    ...(job.headers && {
      http_headers: Object.fromEntries(Object.entries(job.headers).map(([name, value]) => [name, { values: [value] }])),
    }),
    ...toAuth(job.auth),
    ...job.settings,
  }
}

function toAddress({ jobName, url, targets, metricsPath = '/metrics' }: ScrapeJob): Record<string, unknown> {
  if (url !== undefined && targets === undefined) {
    const { protocol, host, pathname, searchParams } = new URL(url)
    return {
      scheme: protocol.slice(0, -1),
      metrics_path: pathname,
      params: Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)])),
      static_configs: [{ targets: [host] }],
    }
  }
  if (targets !== undefined && url === undefined) return { metrics_path: metricsPath, static_configs: [{ targets }] }
  throw new Error(`scrape job ${jobName} needs either url or targets`)
}

function toAuth(auth: ScrapeJob['auth']): Record<string, unknown> {
  if (auth === undefined) return {}
  return 'bearer' in auth ? { authorization: { credentials: auth.bearer } } : { basic_auth: auth }
}
