import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from './free-port.js'
import { type RunResult, runProgram } from './run-program.js'
import { serverPath } from './server-path.js'
import type { ServerProcess } from './server-process.js'
import { startServer } from './start-server.js'
import { createTemporaryDirectory } from './temporary-directory.js'

/** Addresses of a started Collector; each is in use only if the configuration has that component. */
export interface CollectorEndpoints {
  /** Base address of OTLP over HTTP: metrics go to `/v1/metrics` below it. */
  readonly otlpHttp: string
  /** OTLP over gRPC. */
  readonly otlpGrpc: string
  /** The page of the `prometheus` exporter. */
  readonly prometheus: string
  /** The `health_check` extension. */
  readonly health: string
  /** The page of the Collector's own metrics. */
  readonly ownMetrics: string
}

export interface CollectorOptions {
  /** A configuration file, or the same as an object. */
  readonly configFile?: string
  readonly config?: Readonly<Record<string, unknown>>
  /** Read in the configuration as `${env:NAME}`. */
  readonly env?: Readonly<Record<string, string>>
}

/** A running OpenTelemetry Collector on loopback. */
export interface Collector {
  readonly endpoints: CollectorEndpoints
  /** The Collector's own directory, `${env:COLLECTOR_DIR}` in the configuration; it survives `restart`. */
  readonly directory: string
  /** Its whole log, across restarts; the debug exporter writes here too. */
  logs(): string
  /** Ends it gracefully within five seconds, and removes its directory. */
  stop(): Promise<void>
  /** Kills it with SIGKILL, like a crash. The directory stays for `restart`. */
  kill(): Promise<void>
  /** Starts it again on the same ports, after a graceful end if it still runs. */
  restart(): Promise<void>
}

/**
 * Starts a Collector and returns when its pipelines run. Its configuration may name any addresses: those of `otlp`,
 * `prometheus`, `health_check` (components without a `/name`) and of its own metrics are replaced by free loopback
 * ports, which are in `endpoints`. It must log at `info`, the default, because a log line shows that it is ready.
 *
 * ```ts
 * const collector = await startCollector({ configFile: 'examples/collector.yaml' })
 * await fetch(`${collector.endpoints.otlpHttp}/v1/metrics`, { method: 'POST', headers, body })
 * await collector.stop()
 * ```
 */
export async function startCollector({ configFile, config, env = {} }: CollectorOptions): Promise<Collector> {
  if ((configFile === undefined) === (config === undefined)) throw new Error('give either configFile or config')
  const directory = createTemporaryDirectory('collector')
  const configPath = configFile === undefined ? join(directory.path, 'config.json') : resolve(configFile)
  if (config !== undefined) writeFileSync(configPath, JSON.stringify(config))
  const portsPath = join(directory.path, 'ports.json')
  let ports: Ports
  let earlierLogs = ''
  let server: ServerProcess

  const launch = async (choosePorts: boolean) => {
    if (choosePorts) {
      ports = await choosePortsOnLoopback()
      writeFileSync(portsPath, JSON.stringify(toOverlay(ports)))
    }
    return {
      args: ['--config', configPath, '--config', portsPath],
      env: { ...env, COLLECTOR_DIR: directory.path },
      isReady: async (output: string) => output.includes('Everything is ready'),
    }
  }
  const start = async (choosePorts: boolean) => {
    server = await startServer('collector', () => launch(choosePorts))
  }
  await start(true).catch((error) => {
    directory.remove()
    throw error
  })
  return {
    endpoints: toEndpoints(ports!),
    directory: directory.path,
    logs: () => earlierLogs + server.output(),
    async stop() {
      await server.stop()
      directory.remove()
    },
    kill: () => server.kill(),
    async restart() {
      await server.stop()
      earlierLogs += server.output()
      await start(false)
    },
  }
}

/** Runs the Collector's own check of a configuration file; exit code 0 means valid. */
export async function validateCollectorConfig(path: string, env: Record<string, string> = {}): Promise<RunResult> {
  return await runProgram(serverPath('collector'), ['validate', '--config', resolve(path)], { env })
}

type Ports = Readonly<Record<keyof CollectorEndpoints, number>>

async function choosePortsOnLoopback(): Promise<Ports> {
  return {
    otlpHttp: await freePort(),
    otlpGrpc: await freePort(),
    prometheus: await freePort(),
    health: await freePort(),
    ownMetrics: await freePort(),
  }
}

/** Merged over the caller's configuration. A component that no pipeline uses is not started. */
function toOverlay(ports: Ports): Record<string, unknown> {
  const endpoint = (port: number) => ({ endpoint: `127.0.0.1:${port}` })
  return {
    receivers: { otlp: { protocols: { http: endpoint(ports.otlpHttp), grpc: endpoint(ports.otlpGrpc) } } },
    exporters: { prometheus: endpoint(ports.prometheus) },
    extensions: { health_check: endpoint(ports.health) },
    service: {
      telemetry: {
        metrics: {
          readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: ports.ownMetrics } } } }],
        },
      },
    },
  }
}

function toEndpoints(ports: Ports): CollectorEndpoints {
  return {
    otlpHttp: `http://127.0.0.1:${ports.otlpHttp}`,
    otlpGrpc: `http://127.0.0.1:${ports.otlpGrpc}`,
    prometheus: `http://127.0.0.1:${ports.prometheus}/metrics`,
    health: `http://127.0.0.1:${ports.health}`,
    ownMetrics: `http://127.0.0.1:${ports.ownMetrics}/metrics`,
  }
}
