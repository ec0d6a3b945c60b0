import { codeOf, sectionOf } from './usage-blocks.js'

/** Output of a program. */
export interface Outcome {
  readonly observed: Readonly<Record<string, unknown>>
  /** Empty in the fast form, which has no separate process. */
  readonly stdout: string
  readonly stderr: string
}

/** A block of usage.md as a program: declarations before it, and code that shows its effect after it. */
export interface Program {
  readonly name: string
  readonly section: number
  /** Lines of the block, verbatim; default all. */
  readonly part?: string
  /** Declarations that the block needs. May start with imports. */
  readonly before?: string
  /** Ends with `support.observe({ … })`. May start with imports. */
  readonly after: string
  readonly environment?: Readonly<Record<string, string>>
  /** Throws if the output differs from the page. `promised` is text that the section must contain. */
  readonly check: (outcome: Outcome, promised: (text: string) => string) => void
  /** Reason for not having a CommonJS form. */
  readonly onlyEsm?: string
  /** Reason for not running in the test's own process. */
  readonly onlyPacked?: string
  /** Decorators: also compiled with `experimentalDecorators`. */
  readonly decorators?: boolean
}

/** The block's own text. */
export function textOf({ section, part }: Program): string {
  return part ?? codeOf(section, 'ts')
}

/** The program as a module. */
export function toModule(program: Program, support: string): string {
  const { before = '', after } = program
  return `import * as support from '${support}'\n${before}\n${textOf(program)}\n${after}\n`
}

/** The program as CommonJS: imports first, which the compiler turns into require, the rest in an async function. */
export function toCommonJs(program: Program, support: string): string {
  const lines = toModule(program, support).split('\n')
  const isImport = (line: string): boolean => /^import .* from '/.test(line)
  return [
    ...lines.filter(isImport),
    'async function main(): Promise<void> {',
    ...lines.filter((line) => !isImport(line)),
    '}',
    'main().catch((error: unknown) => { console.error(error); process.exitCode = 1 })',
    '',
  ].join('\n')
}

/** Compares the output with the page. */
export function checkOutcome(program: Program, outcome: Outcome): void {
  program.check(outcome, (text) => {
    if (!sectionOf(program.section).text.includes(text))
      throw new Error(`section ${program.section} does not say: ${text}`)
    return text
  })
}

/** Formats a value as in a comment of the page. */
export function evaluate(comment: string): unknown {
  return new Function(`return (${comment})`)()
}
