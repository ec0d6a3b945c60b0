import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Prometheus, type PrometheusConfig, startPrometheus } from '../servers/index.js'

/** A sample of a page, or what must come of the traffic as such. */
export interface Sample {
  readonly metric: string
  readonly labels: { readonly [name: string]: string }
  readonly value: number
}

/** Prometheus after known traffic. */
export interface KnownTraffic {
  readonly prometheus: Prometheus
  /** What went in within the window, by the account of who sent it. */
  readonly sent: readonly Sample[]
  /** The pages before and after the window. */
  readonly before: readonly Sample[]
  readonly after: readonly Sample[]
  /** The end of the window and its length: all the traffic is in it, and every series was there before it. */
  readonly endSeconds: number
  readonly windowSeconds: number
  stop(): Promise<void>
}

interface Answer {
  readonly sent: readonly Sample[]
  readonly samples: readonly Sample[]
}

/** Runs the SecureTrack example under its fixed workload, scraped by a Prometheus, twice: what counts is the second time. */
export async function startKnownTraffic(config: PrometheusConfig = {}): Promise<KnownTraffic> {
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
      { jobName: 'securetrack', url: `${url}/metrics` },
      { jobName: 'securetrack-custom', url: `${url}/custom_metrics` },
      ...(config.scrapes ?? []),
    ],
  }).catch(async (error) => {
    await end(application)
    throw error
  })
  await prometheus.waitForHealthyTargets()
  // The window goes from one sample to another, where Prometheus has nothing to extrapolate.
  const startSeconds = (await lastSampleSeconds(prometheus)) - 0.001
  const second = await run('chen@example.com', 'dina@example.com')
  await prometheus.waitForHealthyTargets()
  const endSeconds = await lastSampleSeconds(prometheus)
  return {
    prometheus,
    sent: second.sent,
    before: first.samples,
    after: second.samples,
    endSeconds,
    windowSeconds: Math.round((endSeconds - startSeconds) * 1000) / 1000,
    async stop() {
      await prometheus.stop()
      await end(application)
    },
  }
}

/** The next message; rejects when the application ends instead. */
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

async function lastSampleSeconds(prometheus: Prometheus): Promise<number> {
  const [sample] = await prometheus.query('timestamp(user_logins_total)')
  if (sample === undefined) throw new Error('Prometheus has no sample of user_logins_total')
  return sample.value
}

async function end(application: ChildProcess): Promise<void> {
  application.disconnect()
  await once(application, 'exit')
}
