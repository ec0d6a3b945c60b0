import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Prometheus, type PrometheusConfig, type ScrapeJob, startPrometheus } from '../servers/index.js'

/** A sample of a page, or an expected result of the traffic in that form. */
export interface Sample {
  readonly metric: string
  readonly labels: { readonly [name: string]: string }
  readonly value: number
}

/** A counter of each page, with its name in the account. Pages are scraped one after the other, so each has its own times. */
export const controls = {
  custom: { counter: 'user_logins_total', sentAs: 'user_logins_total' },
  standard: { counter: 'http_requests_total', sentAs: 'http_server_request_duration_seconds_count' },
} as const

/** A window that starts and ends with a sample, so that Prometheus does not extrapolate. */
export interface Window {
  readonly control: { readonly counter: string; readonly sentAs: string }
  readonly endSeconds: number
  readonly lengthSeconds: number
}

/** Prometheus after known traffic. */
export interface KnownTraffic {
  readonly prometheus: Prometheus
  /** The traffic within the window, by the account of its sender. */
  readonly sent: readonly Sample[]
  /** The pages before and after the window. */
  readonly before: readonly Sample[]
  readonly after: readonly Sample[]
  /** The window of each page: it contains all traffic, and every series existed before it. */
  readonly windows: { readonly [P in keyof typeof controls]: Window }
  stop(): Promise<void>
}

interface Answer {
  readonly sent: readonly Sample[]
  readonly samples: readonly Sample[]
}

/** Runs the SecureTrack example under its fixed workload twice, scraped by a Prometheus; the second run is the window. */
export async function startKnownTraffic(
  config: Omit<PrometheusConfig, 'scrapes'> = {},
  settings: NonNullable<ScrapeJob['settings']> = {},
): Promise<KnownTraffic> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync(process.execPath, ['scripts/build.mjs', 'examples/securetrack'], { cwd: root })
  const application = fork(fileURLToPath(new URL('application.mjs', import.meta.url)), { execArgv: [] })
  const { url } = await answerOf<{ readonly url: string }>(application)
  const run = async (...users: readonly string[]): Promise<Answer> => {
    application.send({ users })
    return answerOf<Answer>(application)
  }
  const first = await run('ana@example.com', 'ben@example.com')
  const prometheus = await startPrometheus({
    ...config,
    scrapes: [
      { jobName: 'securetrack', url: `${url}/metrics`, settings },
      { jobName: 'securetrack-custom', url: `${url}/custom_metrics`, settings },
    ],
  }).catch(async (error) => {
    await end(application)
    throw error
  })
  await prometheus.waitForHealthyTargets()
  const starts = await sampleTimes(prometheus)
  const second = await run('chen@example.com', 'dina@example.com')
  // Twice: after the traffic, and again after the first of these scrapes was counted.
  await prometheus.waitForHealthyTargets()
  await prometheus.waitForHealthyTargets()
  const ends = await sampleTimes(prometheus)
  const windowOf = (page: keyof typeof controls): Window => ({
    control: controls[page],
    endSeconds: ends[page],
    lengthSeconds: Math.round((ends[page] - starts[page]) * 1000 + 1) / 1000,
  })
  return {
    prometheus,
    sent: second.sent,
    before: first.samples,
    after: second.samples,
    windows: { custom: windowOf('custom'), standard: windowOf('standard') },
    async stop() {
      await prometheus.stop()
      await end(application)
    },
  }
}

/** Resolves to the next message; rejects if the application ends before. */
async function answerOf<T>(application: ChildProcess): Promise<T> {
  const stop = new AbortController()
  const { signal } = stop
  try {
    const ended = once(application, 'exit', { signal }).then(([code]) => {
      throw new Error(`the application ended with ${code}`)
    })
    const [answer] = await Promise.race([once(application, 'message', { signal }), ended])
    return answer
  } finally {
    stop.abort()
  }
}

/** Time of the last scrape of each page, in seconds. */
async function sampleTimes(prometheus: Prometheus): Promise<{ readonly [P in keyof typeof controls]: number }> {
  const timeOf = async (page: keyof typeof controls): Promise<number> => {
    const [sample] = await prometheus.query(`max(timestamp(${controls[page].counter}))`)
    if (sample === undefined) throw new Error(`Prometheus has no sample of ${controls[page].counter}`)
    return sample.value
  }
  return { custom: await timeOf('custom'), standard: await timeOf('standard') }
}

async function end(application: ChildProcess): Promise<void> {
  application.disconnect()
  await once(application, 'exit')
}
