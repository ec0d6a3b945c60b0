/** What the server did for one request: the far end's own account, to compare with what was recorded. */
export interface Served {
  readonly path: string
  readonly model: string
  readonly streamed: boolean
  /** 0 for the first attempt of a call. */
  readonly attempt: number
  readonly status: number
  /** `complete`, or what became of the answer. */
  readonly outcome: 'complete' | 'refused' | 'failed' | 'broken' | 'left'
  /** Counted whether or not usage was said. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** UTF-8 bytes of the text that was sent. */
  readonly outputBytes: number
  readonly toolCalls: number
  /** Whether the answer said its usage. */
  readonly saidUsage: boolean
}
