/** What waits on disk while a back end is away, for who asks for it. */
export interface SpoolOptions {
  /** A folder of this host's own; each process has one in it, which others take over when it is dead. */
  readonly directory: string
  /** Most bytes that one process keeps there; the oldest go first. Default 64 MiB. */
  readonly maxBytes?: number | undefined
  /** How long a batch is worth sending, in milliseconds. Default a day. */
  readonly maxAgeMs?: number | undefined
}
