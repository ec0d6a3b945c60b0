import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { watchEnvironment } from './environment.js'
import { toMarkdown } from './report.js'
import { toResults } from './results.js'
import { runAll } from './run-all.js'

// npm run bench -- -- [--quick] [--only add,page] [--rounds 3] [--out folder]    (the first -- is npm’s, the second turbo’s)
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    out: { type: 'string' },
  },
})
const quick = values.quick
const rounds = Math.max(1, Number.parseInt(values.rounds ?? (quick ? '1' : '3'), 10))
const only = values.only.flatMap((names) => names.split(',')).filter((name) => name !== '')
// A part of the table is printed, and written only if requested.
const whole = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = values.out === undefined ? (only.length === 0 && !quick ? whole : undefined) : resolve(values.out)

const endWatch = watchEnvironment()
const runs = await runAll({ quick, rounds, only, say: (text) => void process.stderr.write(`› ${text}\n`) })
const results = toResults(runs, { environment: endWatch(), rounds, quick })
const markdown = toMarkdown(results)
process.stdout.write(markdown)
if (folder !== undefined) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'results.md'), markdown)
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  process.stderr.write(`written to ${join(folder, 'results.md')} and results.json\n`)
}
process.exitCode = runs.length === 0 ? 1 : 0
