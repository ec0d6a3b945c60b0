import { diff, lint } from '@quipu/catalog'
import { createColours } from '../terminal/colours.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import { loadCatalog } from './load-catalog.js'

/** Options of `quipu lint` and `quipu diff`. */
export interface CheckOptions {
  readonly json?: boolean
}

/** Prints the findings of the linter. */
export async function lintCatalog(file: string, { json }: CheckOptions, io: CommandIo): Promise<number> {
  const findings = lint(await loadCatalog(file, io.cwd))
  const { name, bad } = createColours(io)
  if (json) await io.out(`${JSON.stringify(findings)}\n`)
  else for (const one of findings) await io.out(`${name(one.name)}  ${bad(one.rule)}  ${one.message}\n`)
  io.err(findings.length === 0 ? 'no findings' : `${findings.length} findings`)
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings
}

/** Prints the differences between two catalogues; a breaking change is a finding. */
export async function diffCatalogs(
  before: string,
  after: string,
  { json }: CheckOptions,
  io: CommandIo,
): Promise<number> {
  const changes = diff(await loadCatalog(before, io.cwd), await loadCatalog(after, io.cwd))
  const breaking = changes.filter((change) => change.breaking).length
  const colours = createColours(io)
  if (json) await io.out(`${JSON.stringify(changes)}\n`)
  else {
    for (const change of changes) {
      const kind = change.breaking ? colours.bad('breaking') : colours.good('safe    ')
      await io.out(`${kind}  ${change.of} ${colours.name(change.name)}: ${change.change}\n`)
    }
  }
  io.err(`${changes.length} changes, ${breaking} breaking`)
  return breaking > 0 ? exitCodes.findings : exitCodes.ok
}
