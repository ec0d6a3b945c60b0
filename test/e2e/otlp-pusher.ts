import type { Recorder } from '@quipu/core'
import { start } from '@quipu/sdk'

/** An application's export, controlled by a test. */
export interface OtlpPusher {
  /** Exports once; rejects unless the receiver accepts every point. */
  push(): Promise<void>
  /** Shuts down with a last export; rejects unless the receiver accepts every point of it. */
  stop(): Promise<void>
}

export interface PushOptions {
  readonly temporality?: 'cumulative' | 'delta'
  readonly instance?: string
  /** Resource attributes in addition to the service's. */
  readonly resource?: Readonly<Record<string, string>>
}

/** `start()` with a recorder and the address of OTLP metrics over HTTP. One at a time: a process has one Quipu running. */
export function startPusher(recorder: Recorder, url: string, options: PushOptions = {}): OtlpPusher {
  const { temporality = 'cumulative', instance = 'one', resource = {} } = options
  const quipu = start({
    recorder,
    serviceName: 'securetrack',
    resource: { 'service.instance.id': instance, ...resource },
    otlp: { url, temporality, intervalMs: 3_600_000 },
    standardMetrics: false,
    shutdownTimeoutMs: 10_000,
  })
  const check = ({ delivered, held, dropped, errors }: Awaited<ReturnType<typeof quipu.flush>>) => {
    if (delivered === 0 || held > 0 || dropped > 0 || errors.length > 0) {
      throw new Error(`${delivered} delivered, ${held} held, ${dropped} dropped: ${errors.join(', ')}`)
    }
  }
  return {
    push: async () => check(await quipu.flush()),
    stop: async () => check(await quipu.shutdown()),
  }
}
