import { readdirSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'

/** Measurements of a process at one moment, in bytes and seconds. */
export interface RuntimeSample {
  readonly cpu: { readonly user: number; readonly system: number }
  readonly memory: NodeJS.MemoryUsage
  /** Undefined on systems other than Linux. */
  readonly virtualBytes: number | undefined
  readonly dataBytes: number | undefined
  readonly openFiles: number | undefined
  readonly maxFiles: number | undefined
  readonly uptimeSeconds: number
  readonly spaces: ReturnType<typeof getHeapSpaceStatistics>
  readonly loop: { readonly active: number; readonly idle: number; readonly utilization: number }
  /** Delay of the event loop since the last sample that is at least a second old. */
  readonly delay: LoopDelay
}

/** The distribution of the event loop's delay, in seconds. */
export interface LoopDelay {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly stddev: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

/** The resolution of prom-client and OpenTelemetry. */
const RESOLUTION_MS = 10
/** Concurrent readers get the same delay, a later reader the delay since then. */
const MIN_DELAY_PERIOD_MS = 1000

let histogram: ReturnType<typeof monitorEventLoopDelay> | undefined
let delay: LoopDelay = { min: 0, max: 0, mean: 0, stddev: 0, p50: 0, p90: 0, p99: 0 }
let delayAt = Number.NEGATIVE_INFINITY

/** Starts measuring the event loop's delay. It does not keep the process alive. */
export function startLoopDelay(): void {
  if (histogram !== undefined) return
  histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
}

/** Reads the process, the runtime and, on Linux, the system. */
export function sampleRuntime(): RuntimeSample {
  startLoopDelay()
  const cpu = process.cpuUsage()
  const { active, idle, utilization } = performance.eventLoopUtilization()
  const status = orUndefined(() => readFileSync('/proc/self/status', 'utf8')) ?? ''
  return {
    cpu: { user: cpu.user / 1e6, system: cpu.system / 1e6 },
    memory: process.memoryUsage(),
    virtualBytes: kibibytes(status, 'VmSize'),
    dataBytes: kibibytes(status, 'VmData'),
    // Less one, because the folder itself is open while it is read.
    openFiles: orUndefined(() => readdirSync('/proc/self/fd').length - 1),
    maxFiles: maxFiles(),
    uptimeSeconds: process.uptime(),
    spaces: getHeapSpaceStatistics(),
    loop: { active: active / 1000, idle: idle / 1000, utilization },
    delay: readDelay(),
  }
}

function readDelay(): LoopDelay {
  const now = performance.now()
  if (histogram === undefined || histogram.count === 0 || now - delayAt < MIN_DELAY_PERIOD_MS) return delay
  const seconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0)
  delay = {
    min: seconds(histogram.min),
    max: seconds(histogram.max),
    mean: seconds(histogram.mean),
    stddev: seconds(histogram.stddev),
    p50: seconds(histogram.percentile(50)),
    p90: seconds(histogram.percentile(90)),
    p99: seconds(histogram.percentile(99)),
  }
  delayAt = now
  histogram.reset()
  return delay
}

function kibibytes(status: string, field: string): number | undefined {
  const [, number] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? []
  return number === undefined ? undefined : Number(number) * 1024
}

let knownMaxFiles: number | undefined | null = null

/** Read once: a Node process cannot change its own limit. */
function maxFiles(): number | undefined {
  if (knownMaxFiles !== null) return knownMaxFiles
  const limits = orUndefined(() => readFileSync('/proc/self/limits', 'utf8')) ?? ''
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? []
  knownMaxFiles = soft === undefined ? undefined : Number(soft)
  return knownMaxFiles
}

/** Returns undefined if the system has no such file or a permission model forbids access. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
