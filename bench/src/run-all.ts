import { type CaseName, caseOf, caseTable, isCaseName } from './case-table.js'
import { type CaseRun, runCase } from './run-case.js'

export interface RunOptions {
  readonly quick: boolean
  readonly rounds: number
  /** Prefixes of the names of the cases to run; empty for all. */
  readonly only: readonly string[]
  readonly say: (text: string) => void
}

/** Runs the cases in rounds: in each round each case, in each case each library, one process at a time. */
export async function runAll({ quick, rounds, only, say }: RunOptions): Promise<CaseRun[]> {
  const wanted = Object.keys(caseTable)
    .filter(isCaseName)
    .filter((name) => only.length === 0 || only.some((start) => name.startsWith(start)))
  const runs: CaseRun[] = []
  for (let round = 0; round < rounds; round++) {
    for (const name of wanted.filter((each) => isDue(each, round))) {
      say(`round ${round + 1} of ${rounds}: ${name}`)
      for (const library of rotated(caseOf(name).libraries, round)) runs.push(await runCase(name, library, quick))
    }
  }
  const waiting = wanted.filter((name) => caseOf(name).runs === 'waiting')
  if (waiting.length > 0) say(waiting.join(', '))
  const waited = waiting.flatMap((name) => caseOf(name).libraries.map((library) => runCase(name, library, quick)))
  return [...runs, ...(await Promise.all(waited))]
}

function isDue(name: CaseName, round: number): boolean {
  const { runs } = caseOf(name)
  return runs === 'every' || (runs === 'once' && round === 0)
}

/** A different library is first in each round. */
function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}
