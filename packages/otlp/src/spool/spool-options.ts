import { group, integer, type OptionsOf, option, text } from '@quipu/catalog/options'

export const spoolOptions = group({
  /** Folder on this host; each process has its own in it, which another takes over when the process is dead. */
  directory: option(text(), { required: true, variables: ['QUIPU_OTLP_SPOOL_DIRECTORY'] }),
  /** Most bytes that one process keeps there; the oldest go first. */
  maxBytes: option(integer({ min: 1 }), {
    default: 64 * 1024 * 1024,
    variables: ['QUIPU_OTLP_SPOOL_MAX_BYTES'],
  }),
  /** Milliseconds for which a batch is worth sending. */
  maxAgeMs: option(integer({ min: 1 }), {
    default: 24 * 60 * 60 * 1000,
    variables: ['QUIPU_OTLP_SPOOL_MAX_AGE_MS'],
  }),
})

/** Batches kept on disk while the back end is unavailable. */
export type SpoolOptions = OptionsOf<typeof spoolOptions.fields>
