/** What the server is to do with a request; a prompt carries it, so that requests at the same time do not mix. */
export interface Script {
  /** Text of the answer. */
  readonly text?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[]
  /** Attempts that are answered with 429 before one succeeds. */
  readonly rateLimits?: number
  /** Attempts that are answered with 500 before one succeeds. */
  readonly failures?: number
  /** The status that every attempt is answered with, and its code. */
  readonly status?: number
  readonly code?: string
  /** A stream fails with an error event after so many chunks. */
  readonly failAfter?: number
  /** The connection is cut after so many chunks. */
  readonly breakAfter?: number
  /** Nothing more is sent after so many chunks, and the connection stays. */
  readonly hangAfter?: number
  /** Milliseconds before the answer begins. */
  readonly delayMs?: number
  /** The answer does not say what it used. */
  readonly silent?: boolean
}

const EMBEDDED = /<<(\{.*?\})>>/s

/** A prompt that makes the server do so. */
export function withScript(prompt: string, script: Script): string {
  return `${prompt} <<${JSON.stringify(script)}>>`
}

/** The script in a prompt; an empty one where there is none. */
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
