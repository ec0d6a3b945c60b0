/** Runs a command, whose promise resolves to the exit code. */
export type Run = (work: () => Promise<number>) => Promise<void>

/** The end of a help text. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
