import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type CaseName, caseOf, type LibraryName } from './case-table.js'
import type { Figures } from './cases/case.js'

export interface CaseRun {
  readonly case: CaseName
  readonly library: LibraryName
  readonly figures: Figures
  /** The reason for missing figures. */
  readonly failure?: string
}

const script = fileURLToPath(new URL('./case-process.js', import.meta.url))
const TIME_LIMIT_MS = 120_000

/** Runs one case for one library in its own process. Never rejects: a failure is part of the results. */
export function runCase(name: CaseName, library: LibraryName, quick: boolean): Promise<CaseRun> {
  const flags = ['--expose-gc', ...(caseOf(name).flags ?? [])]
  const child = spawn(process.execPath, [...flags, script, name, library, quick ? 'quick' : 'full'], {
    // The environment of the caller must not configure the measured libraries.
    env: Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(OTEL_|NODE_OPTIONS$)/.test(key))),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  child.stderr.on('data', (text) => {
    errors += text
  })
  return new Promise((resolve) => {
    const failed = (failure: string): void => resolve({ case: name, library, figures: {}, failure })
    const limit = setTimeout(() => {
      child.kill('SIGKILL')
      failed(`took longer than ${TIME_LIMIT_MS / 1000} s`)
    }, TIME_LIMIT_MS)
    child.on('error', (error) => failed(error.message))
    child.on('close', (code) => {
      clearTimeout(limit)
      const last = output.trimEnd().split('\n').at(-1) ?? ''
      if (code !== 0 || !last.startsWith('{')) failed(reasonOf(errors) ?? `ended with ${code}`)
      else resolve({ case: name, library, figures: JSON.parse(last) as Figures })
    })
  })
}

/** Returns the line of an uncaught error that contains its message. */
function reasonOf(errors: string): string | undefined {
  return errors.split('\n').find((line) => /^\S*Error\b/.test(line))
}
