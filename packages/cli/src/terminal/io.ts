/** Input and output of a command; tests have their own. */
export interface CommandIo {
  readonly cwd: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly stdin: AsyncIterable<Uint8Array>
  /** Whether standard input is a file or a pipe. */
  readonly hasInput: boolean
  /** Whether the output is a terminal. */
  readonly isTerminal: boolean
  /** Columns and rows of the terminal; undefined without one. */
  size?(): { readonly columns: number; readonly rows: number } | undefined
  /** Passes each key that is pressed to `take`, until the returned function is called; absent without a keyboard. */
  keys?(take: (key: string) => void): () => void
  /** Aborted when the user interrupts the command. */
  interruption(): AbortSignal
  /** Writes text; resolves when more can be written. */
  out(text: string): Promise<void>
  /** Writes one line about the command itself. */
  err(line: string): void
}

/** Exit codes of commands. */
export const exitCodes = {
  ok: 0,
  /** Input or output failed. */
  failure: 1,
  /** Invalid arguments. */
  usage: 2,
  /** Success with findings: lint, diff --check, boards --check. */
  findings: 3,
} as const

/** Invalid arguments of a command. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
