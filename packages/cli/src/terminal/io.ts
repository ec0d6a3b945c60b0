/** Where a command reads and writes; tests have their own. */
export interface CommandIo {
  readonly cwd: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly stdin: AsyncIterable<Uint8Array>
  /** Whether a person looks at the output. */
  readonly isTerminal: boolean
  /** Aborted when the person wants the command to end. */
  interruption(): AbortSignal
  /** Writes text; resolves when more can be written. */
  out(text: string): Promise<void>
  /** Writes one line about the command itself. */
  say(line: string): void
}

/** What a command ends with. */
export const exitCodes = {
  ok: 0,
  /** Something could not be read or written. */
  failure: 1,
  /** Arguments that make no sense. */
  usage: 2,
  /** It worked, and found something: lint, diff --check, boards --check. */
  findings: 3,
} as const

/** Arguments that a command cannot work with. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
