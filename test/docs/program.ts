import { codeOf, sectionOf } from './usage-blocks.js'

/** What a program showed of itself. */
export interface Outcome {
  readonly observed: Readonly<Record<string, unknown>>
  /** Empty in the fast form, which has no process of its own. */
  readonly stdout: string
  readonly stderr: string
}

/** A block of usage.md made into a program: what it leaves open before it, what shows its effect after it. */
export interface Program {
  readonly name: string
  readonly section: number
  /** Lines of the block, verbatim; all of it when absent. */
  readonly part?: string
  /** The declarations that the block leaves open. May begin with imports. */
  readonly before?: string
  /** Ends with `support.observe({ … })`. May begin with imports. */
  readonly after: string
  readonly environment?: Readonly<Record<string, string>>
  /** Throws when what came out is not what the page says. `promised` is text that must stand in the section. */
  readonly check: (outcome: Outcome, promised: (text: string) => string) => void
  /** Why there is no CommonJS form. */
  readonly onlyEsm?: string
  /** Why it does not run in the test's own process. */
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

/** Holds what came out against the page. */
export function checkOutcome(program: Program, outcome: Outcome): void {
  program.check(outcome, (text) => {
    if (!sectionOf(program.section).text.includes(text))
      throw new Error(`section ${program.section} does not say: ${text}`)
    return text
  })
}

/** A value as a comment of the page writes it. */
export function evaluate(comment: string): unknown {
  return new Function(`return (${comment})`)()
}
