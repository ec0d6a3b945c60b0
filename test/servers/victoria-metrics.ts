import { freePort } from './free-port.js'
import { createPromqlServer, type PromqlServer } from './promql.js'
import { answersOk, startServer } from './start-server.js'
import { createTemporaryDirectory } from './temporary-directory.js'

export interface VictoriaMetricsOptions {
  /** Additional flags, such as `-opentelemetry.usePrometheusNaming`. */
  readonly flags?: readonly string[]
}

/** A running VictoriaMetrics on loopback. */
export interface VictoriaMetrics extends PromqlServer {
  readonly url: string
  /** Address for OTLP metrics: protobuf only, JSON gets 400. */
  readonly otlpUrl: string
  readonly pid: number
  logs(): string
  /** Ends the process and removes its data. */
  stop(): Promise<void>
}

/**
 * Starts a VictoriaMetrics with its own temporary data. Queries include all data accepted before them; by default
 * VictoriaMetrics withholds the newest 30 seconds.
 */
export async function startVictoriaMetrics(options: VictoriaMetricsOptions = {}): Promise<VictoriaMetrics> {
  const directory = createTemporaryDirectory('victoria-metrics')
  let url = ''
  const launch = async () => {
    const address = `127.0.0.1:${await freePort()}`
    url = `http://${address}`
    return {
      args: [
        `-storageDataPath=${directory.path}`,
        `-httpListenAddr=${address}`,
        '-search.latencyOffset=0s',
        '-search.disableCache',
        '-memory.allowedBytes=256MB',
        '-loggerLevel=WARN',
        ...(options.flags ?? []),
      ],
      isReady: () => answersOk(`${url}/health`),
    }
  }
  const server = await startServer('victoriametrics', launch).catch((error) => {
    directory.remove()
    throw error
  })
  const promql = createPromqlServer(url, {
    beforeQuery: async () => void (await answersOk(`${url}/internal/force_flush`)),
    // It truncates the time of a query to a whole second, which hides data of the current second.
    currentSeconds: () => Math.ceil(Date.now() / 1000),
  })
  return {
    ...promql,
    url,
    otlpUrl: `${url}/opentelemetry/v1/metrics`,
    pid: server.pid,
    logs: server.output,
    async stop() {
      await server.stop()
      directory.remove()
    },
  }
}
