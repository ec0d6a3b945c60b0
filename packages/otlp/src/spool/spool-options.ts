import { group, integer, type OptionsOf, option, text } from '@quipu/catalog/options'

export const spoolOptions = group({
  /** Folder on this host. Each process has its own folder in it, which another process takes over after its end. */
  directory: option(text(), { required: true, variables: ['QUIPU_OTLP_SPOOL_DIRECTORY'] }),
  /** Maximum number of bytes per process; the oldest batches are dropped first. */
  maxBytes: option(integer({ min: 1 }), {
    default: 64 * 1024 * 1024,
    variables: ['QUIPU_OTLP_SPOOL_MAX_BYTES'],
  }),
  /** Maximum age of a batch in milliseconds. */
  maxAgeMs: option(integer({ min: 1 }), {
    default: 24 * 60 * 60 * 1000,
    variables: ['QUIPU_OTLP_SPOOL_MAX_AGE_MS'],
  }),
})

/** Batches stored on disk while the back end is unavailable. */
export type SpoolOptions = OptionsOf<typeof spoolOptions.fields>
