import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, requireNode, root, say } from './run.mjs'

// The compatibility matrix: runtimes from npm run the packed packages. `npm run test:matrix -- core/bun types` runs the jobs
// whose names start with these words; without names, all jobs run. `--page` writes their outcomes to docs/frameworks.md.
// The last line is `N passed, N failed`.
requireNode()
// The tested packages are installed in separate folders; of the repository's packages only tools are used.
if (!existsSync(join(root, 'node_modules', 'esbuild'))) ensureInstalled()
const { createApps } = await import('../test/compat/apps.mjs')
const { jobs, removeWorkspace } = await import('../test/compat/jobs.mjs')
const { savePage } = await import('../test/compat/frameworks-page.mjs')

const wanted = process.argv.slice(2).filter((word) => word !== '--page')
const chosen = jobs.filter(({ name }) => wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix)))
if (chosen.length === 0) {
  process.stderr.write(`There is no such job. There are:\n${jobs.map(({ name }) => `  ${name}`).join('\n')}\n`)
  process.exit(1)
}

const apps = createApps()
const rows = []
try {
  for (const job of chosen) {
    say(job.name)
    const startedAt = performance.now()
    const row = await job.run(apps).catch((error) => ({ passed: 0, failed: 1, output: String(error?.stack ?? error) }))
    if (row.failed > 0) process.stderr.write(`${row.output}\n`)
    rows.push({ job: job.name, ...row, seconds: (performance.now() - startedAt) / 1000 })
  }
} finally {
  await apps.remove()
  await removeWorkspace()
}

if (process.argv.includes('--page')) savePage(rows)

const table = [
  ['job', 'on', 'what', 'OpenTelemetry', 'passed', 'failed', 'skipped', 'seconds'],
  ...rows.map(({ job, runtime = '', what = '', otel = '', passed, failed, skipped = 0, seconds }) =>
    [job, runtime, what, otel, passed, failed, skipped, seconds.toFixed(1)].map(String),
  ),
]
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)))
for (const row of table) {
  process.stdout.write(
    `${row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd()}\n`,
  )
}
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0)
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`)
process.exitCode = total('failed') === 0 ? 0 : 1
