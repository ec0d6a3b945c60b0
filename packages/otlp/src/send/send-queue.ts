import { unref } from '@quipu/store'
import { toError } from '../to-error.js'
import type { OtlpTransport } from '../transport/transport.js'
import type { Backlog } from './backlog.js'
import type { Batch } from './batch.js'
import type { ExportLedger } from './export-ledger.js'

/** Sends the backlog, one batch after the other, so that a back end receives the batches in chronological order. */
export interface SendQueue {
  /** Sends waiting batches. Resolves when all were tried, or the back end is unavailable. */
  run(added: readonly Batch[]): Promise<void>
  /** Resolves when no request is in progress. */
  idle(): Promise<void>
  /** Sends waiting batches once more and schedules no other attempt. */
  hurry(): void
  stop(): void
}

export interface SendQueueOptions {
  readonly transport: OtlpTransport
  readonly ledger: ExportLedger
  /** Whether another process of the group exports. */
  readonly isMuted: () => boolean
  /** Whether the next collection has the same points again. */
  readonly isCumulative: boolean
  /** Sends a batch once. Resolves to an error if the back end is unavailable. */
  readonly deliver: (batch: Batch) => Promise<Error | undefined>
}

/** Interval of attempts without new exports. */
const RETRY_EVERY_MS = 30_000

export function createSendQueue(options: SendQueueOptions, backlog: Backlog): SendQueue {
  const { transport, ledger, isMuted, isCumulative, deliver } = options
  let state: 'open' | 'hurried' | 'stopped' = 'open'
  let timer: ReturnType<typeof setTimeout> | undefined
  let last: Promise<void> = Promise.resolve()

  /** The back end is unavailable: the other batches are not tried now. */
  async function rest(failed: Batch, error: Error): Promise<void> {
    if (state === 'stopped') return
    let held = 0
    for (const batch of backlog.all()) {
      if (batch !== failed && batch.isCumulative && batch.error !== undefined) continue
      if (batch.error === undefined) held += batch.count
      backlog.rest(batch, error)
    }
    ledger.failed(held, 0, error)
    backlog.trim()
    retryLater()
    if (state === 'hurried') return backlog.storeNow()
    // The application may be killed as soon as it knows that this export is held.
    await (isCumulative ? backlog.store() : backlog.stored())
  }

  async function drain(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (!isMuted()) await backlog.adopt()
    backlog.trim()
    for (let batch = backlog.next(isMuted()); batch !== undefined; batch = backlog.next(isMuted())) {
      const error = await deliver(batch)
      if (state === 'stopped') return
      if (error !== undefined) return rest(batch, error)
    }
    backlog.removeReplaced()
  }

  function retryLater(): void {
    if (state !== 'open' || timer !== undefined || backlog.next(false) === undefined) return
    timer = setTimeout(() => void run([]), RETRY_EVERY_MS)
    unref(timer)
  }

  function run(added: readonly Batch[]): Promise<void> {
    last = last
      // An attempt that began before these batches were added may have found the back end unavailable.
      .then(() => (added.every(({ error }) => error === undefined) ? drain() : undefined))
      .catch((error: unknown) => ledger.lost(0, toError(error)))
    return last
  }

  return {
    run,
    idle: () => last,
    hurry() {
      if (state === 'open') state = 'hurried'
      transport.hurry()
    },
    stop() {
      state = 'stopped'
      clearTimeout(timer)
    },
  }
}
