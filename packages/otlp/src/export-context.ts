import type { ImmediateMetricProducer, MetricReading, Store } from '@quipu/store'

/** What an exporter needs to know about the process it runs in. */
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

/** Several processes that export as one: the one that leads exports for all of them. */
export interface ExportGroup {
  leads(): boolean
  /** Calls the listener each time this process takes the lead; at once when it leads already. */
  onLead(listener: () => void): void
  /** Takes the lead if no process has it. Called while the process exits, where nothing can be waited for. */
  takeOver(): void
  /** A producer for one push reader. It gives nothing while another process leads, and goes on where that one ended. */
  producer(
    make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer,
    options: {
      readonly temporality: 'cumulative' | 'delta'
      /** Whether a file name is one that the spool gives its batches; the group removes no other file. */
      readonly isSpoolFile: (name: string) => boolean
    },
  ): ImmediateMetricProducer & { readonly notes: ExportNotes | undefined }
}

/**
 * Notes about an export, for the process that leads next. It does not export again what the notes report as exported:
 * those points are with the back end, or in files that some process sends.
 */
export interface ExportNotes {
  /** The collected points are being written to these files, and are not sent yet. Returns whether that is noted. */
  storing(files: readonly string[]): boolean
  /** All files are written. Returns false when another process leads by now: it exports these points itself. */
  stored(): boolean
  /** The points are being sent and are not on disk. */
  sending(): void
  /** The attempt is over; `isExported`: every point is with the back end or on disk. */
  tried(isExported: boolean): void
}
