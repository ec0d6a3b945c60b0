import type { Encoding, SpoolFile } from '../spool/spool-file.js'

/**
 * A batch that no back end has accepted yet. It leaves the backlog when it is accepted, rejected or dropped.
 *
 *     queued ──► sending ──► (gone)
 *                  │ ▲
 *                  ▼ │
 *                resting ──► replaced ──► (gone)
 */
export interface Batch {
  /** Data points or log records in it. */
  readonly count: number
  readonly encoding: Encoding
  /** Whether the next collection has the same points again (cumulative). Otherwise the points exist only here. */
  readonly isCumulative: boolean
  /** Undefined if the batch is on disk only, or is kept for its count only. */
  body: Uint8Array | undefined
  /** Its file, once it has one. */
  file: SpoolFile | undefined
  isOnDisk: boolean
  /**
   * `replaced`: a later collection has the same points; the batch stays on disk until that one is on disk or delivered.
   */
  state: 'queued' | 'sending' | 'resting' | 'replaced'
  /** Why the last attempt failed; undefined before the first failure. */
  error: Error | undefined
}

/** A collected batch. */
export type NewBatch = Pick<Batch, 'count' | 'encoding' | 'isCumulative' | 'body'>

const LEFT = new Error('an earlier process did not deliver it')

export function queued(batch: NewBatch): Batch {
  return { ...batch, file: undefined, isOnDisk: false, state: 'queued', error: undefined }
}

/** A batch that an earlier process has left on disk and counted as held. */
export function leftOnDisk(file: SpoolFile): Batch {
  const { count, encoding } = file
  return { count, encoding, isCumulative: false, body: undefined, file, isOnDisk: true, state: 'resting', error: LEFT }
}

export const bytesOnDisk = ({ isOnDisk, file }: Batch): number => (isOnDisk ? (file?.bytes ?? 0) : 0)
export const bytesInMemory = ({ isOnDisk, body }: Batch): number => (isOnDisk ? 0 : (body?.length ?? 0))

export function sumOf(batches: readonly Batch[], of: (batch: Batch) => number): number {
  return batches.reduce((sum, batch) => sum + of(batch), 0)
}
