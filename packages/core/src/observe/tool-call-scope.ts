import type { Recording } from './recording.js'

/** What a tool threw. */
export interface Thrown {
  readonly thrown: unknown
}

/** An application's tool call, as an instrumented client that makes it finds it. */
export interface ToolCallScope {
  /** Whose it is; a client of another recorder counts for itself. */
  readonly owner: Recording
  readonly tool: string
  open: boolean
  /** How the client's last call failed: so did this one, when its function returned. */
  within: Thrown | undefined
}
