/** The server's own account of one request, to compare with the recorded values. */
export interface Served {
  readonly path: string
  readonly model: string
  readonly streamed: boolean
  /** 0 for the first attempt of a call. */
  readonly attempt: number
  readonly status: number
  /** `complete`, or how the answer ended. */
  readonly outcome: 'complete' | 'refused' | 'failed' | 'broken' | 'left'
  /** Counted even if the answer reports no usage. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** UTF-8 bytes of the sent text. */
  readonly outputBytes: number
  readonly toolCalls: number
  /** Whether the answer reported its usage. */
  readonly saidUsage: boolean
}
