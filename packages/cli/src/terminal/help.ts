/** Runs a command's work; what it resolves with is the exit code. */
export type Run = (work: () => Promise<number>) => Promise<void>

/** The end of a help text. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
