/** The server's reaction to a request. A prompt contains it, so that concurrent requests do not affect each other. */
export interface Script {
  /** Text of the answer. */
  readonly text?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[]
  /** Number of attempts that get 429 before one succeeds. */
  readonly rateLimits?: number
  /** Number of attempts that get 500 before one succeeds. */
  readonly failures?: number
  /** The status of every attempt, and its code. */
  readonly status?: number
  readonly code?: string
  /** A stream fails with an error event after this number of chunks. */
  readonly failAfter?: number
  /** The connection is closed after this number of chunks. */
  readonly breakAfter?: number
  /** Nothing is sent after this number of chunks, and the connection stays open. */
  readonly hangAfter?: number
  /** Milliseconds before the answer starts. */
  readonly delayMs?: number
  /** The answer reports no usage. */
  readonly silent?: boolean
}

const EMBEDDED = /<<(\{.*?\})>>/s

/** Creates a prompt with a script. */
export function withScript(prompt: string, script: Script): string {
  return `${prompt} <<${JSON.stringify(script)}>>`
}

/** Returns the script in a prompt; an empty one without a script. */
export function scriptOf(prompt: string): Script {
  const found = EMBEDDED.exec(prompt)?.[1]
  if (found === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(found)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}
