import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { watchEnvironment } from '../environment.js'
import { accepts, codings, kinds, type TurnsCase, type TurnsRun } from './turns-case.js'
import { type TurnsResult, toTurnsMarkdown } from './turns-report.js'

// npm run bench:turns -w @quipu/bench -- [--scrapes 20] [--only "histogram text"] [--node path]
const { values } = parseArgs({
  options: {
    scrapes: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    // Another Node for the rows of zstd, which exists since 22.15.
    node: { type: 'string', default: process.execPath },
  },
})
const SERIES = 50_000
const script = fileURLToPath(new URL('./turns-process.js', import.meta.url))
const endWatch = watchEnvironment()
const results: TurnsResult[] = []
for (const kind of kinds) {
  for (const format of Object.keys(accepts) as (keyof typeof accepts)[]) {
    for (const coding of codings) {
      const name = `${kind} ${format} ${coding}`
      if (!name.includes(values.only)) continue
      const node = coding === 'zstd' ? values.node : process.execPath
      const what: TurnsCase = { kind, format, coding, series: SERIES, scrapes: Number(values.scrapes) }
      try {
        const { stdout } = await promisify(execFile)(node, [script, JSON.stringify(what)], { timeout: 120_000 })
        const run = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as TurnsRun
        results.push({ what, run, load: loadavg()[0] ?? 0 })
        process.stderr.write(`› ${name}\n`)
      } catch (error) {
        process.stderr.write(
          `› ${name}: not measured, ${error instanceof Error ? error.message.split('\n')[1] : error}\n`,
        )
      }
    }
  }
}
const markdown = toTurnsMarkdown(results, endWatch(), SERIES)
process.stdout.write(markdown)
if (values.only === '') {
  const folder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  writeFileSync(join(folder, 'turns.md'), markdown)
}
