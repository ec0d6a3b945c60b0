import type { ImmediateMetricProducer, MetricReading, Store } from '@quipu/store'

/** Properties of the process that an exporter needs. */
export interface ExportContext {
  readonly recorder: Store
  /** Sent as the `User-Agent` of every request. */
  readonly userAgent: string
  /** Names the process whose batches a folder of the spool holds. */
  readonly owners: SpoolOwners
}

/** Names of processes in the file names of the spool. */
export interface SpoolOwners {
  /** The name of this process: `<pid>-<anything>`, without `_`. */
  readonly own: string
  isAlive(owner: string): boolean
}

/** Several processes that export as one: the leader exports for all of them. */
export interface ExportGroup {
  leads(): boolean
  /** Calls the listener each time this process becomes the leader, and at once if it leads already. */
  onLead(listener: () => void): void
  /** Becomes the leader if no process leads. Called synchronously while the process exits. */
  takeOver(): void
  /**
   * Creates a producer for one push reader. It has no points while another process leads, and continues where that one
   * ended.
   */
  producer(
    make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer,
    options: {
      readonly temporality: 'cumulative' | 'delta'
      /** Whether a file name is one of the spool's batches; the group removes no other file. */
      readonly isSpoolFile: (name: string) => boolean
    },
  ): ImmediateMetricProducer & { readonly notes: ExportNotes | undefined }
}

/**
 * Notes about an export for the next leader, which does not export points again that the notes report as exported: a
 * back end has them, or they are in files that a process sends.
 */
export interface ExportNotes {
  /** The collected points are being written to these files and are not sent yet. Returns whether this is noted. */
  storing(files: readonly string[]): boolean
  /** All files are written. Returns false if another process leads by now and exports these points itself. */
  stored(): boolean
  /** The points are being sent and are not on disk. */
  sending(): void
  /** The attempt is over. `isExported`: every point is delivered or on disk. */
  tried(isExported: boolean): void
}
