import type { Recording } from './recording.js'

/** The error of a tool. */
export interface Thrown {
  readonly thrown: unknown
}

/** Interface between an application's tool call and an instrumented client that makes it. */
export interface ToolCallScope {
  /** The recording of the call; a client of another recorder records separately. */
  readonly owner: Recording
  readonly tool: string
  open: boolean
  /** The failure of the client's last call, which is also that of this call when its function returns. */
  within: Thrown | undefined
}
