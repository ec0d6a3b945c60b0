import type { Store } from '@quipu/store'

/** The self-metrics that an exporter writes. */
export interface ExportMetrics {
  readonly metrics: Pick<
    Store['metrics'],
    'quipu_exports_total' | 'quipu_export_points_total' | 'quipu_last_export_timestamp_seconds'
  >
  readonly clock: Store['clock']
}

/** Counts the outcomes of the data points of one exporter. */
export interface ExportLedger {
  delivered(points: number): void
  /** The back end accepted some points of a request and rejected the others. */
  partial(delivered: number, rejected: number, error: Error): void
  /** The back end rejected the request. */
  rejected(points: number, error: Error): void
  /** The request was not delivered: `held` points are sent later, `dropped` ones never. */
  failed(held: number, dropped: number, error: Error): void
  /** Waiting points were dropped. */
  lost(points: number, error: Error): void
  retried(): void
  /** Held points are no longer sent. */
  gaveUp(points: number): void
  readonly totals: ExportTotals
}

export interface ExportTotals {
  readonly delivered: number
  readonly dropped: number
  /** The latest ten errors, oldest first. */
  readonly errors: readonly Error[]
  /** Number of errors so far. */
  readonly errorCount: number
}

const MAX_ERRORS = 10

export function createExportLedger(
  exporter: 'otlp' | 'otlp_logs' | 'console',
  { metrics, clock }: ExportMetrics,
  onFailure: (error: Error) => void = () => undefined,
): ExportLedger {
  let delivered = 0
  let dropped = 0
  let errors: readonly Error[] = []
  let errorCount = 0
  const attempt = (outcome: string): void => metrics.quipu_exports_total.add(1, { exporter, outcome })
  const points = (outcome: string, count: number): void => {
    if (count > 0) metrics.quipu_export_points_total.add(count, { exporter, outcome })
  }
  const note = (error: Error): void => {
    errors = [...errors, error].slice(-MAX_ERRORS)
    errorCount++
    onFailure(error)
  }
  const succeed = (count: number): void => {
    delivered += count
    points('delivered', count)
    metrics.quipu_last_export_timestamp_seconds.set(clock.unixMs() / 1000, { exporter })
  }
  return {
    delivered(count) {
      attempt('success')
      succeed(count)
    },
    partial(taken, refused, error) {
      attempt('partial')
      succeed(taken)
      points('rejected', refused)
      dropped += refused
      note(error)
    },
    rejected(count, error) {
      attempt('failed')
      points('rejected', count)
      dropped += count
      note(error)
    },
    failed(held, lost, error) {
      attempt('failed')
      points('held', held)
      points('dropped', lost)
      dropped += lost
      note(error)
    },
    lost(count, error) {
      points('dropped', count)
      dropped += count
      note(error)
    },
    retried: () => attempt('retried'),
    gaveUp(count) {
      points('dropped', count)
      dropped += count
    },
    get totals() {
      return { delivered, dropped, errors, errorCount }
    },
  }
}
