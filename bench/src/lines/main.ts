import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { watchEnvironment } from '../environment.js'
import { type LogFormat, writeLog } from './write-log.js'

// npm run bench:query -w @quipu/bench -- [--megabytes 1000]
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '1000' } } })
const megabytes = Number(values.megabytes)
const QUERIES: readonly (readonly string[])[] = [
  ['--by', 'event,user'],
  ['--by', 'user', '--value', 'message_count'],
  ['--by', 'day'],
  ['--event', 'tool_call', '--user', 'user42@'],
]
/** Printed by the measured process as it ends. */
const REPORT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  process.stderr.write(JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 }))
})`

const command = fileURLToPath(new URL('./bin.js', import.meta.resolve('@quipu/cli')))
const folder = mkdtempSync(join(tmpdir(), 'quipu-query-'))
try {
  const report = join(folder, 'report.mjs')
  writeFileSync(report, REPORT)
  const endWatch = watchEnvironment()
  const rows = (['text', 'json'] as const).flatMap((format) => measureFormat(format, report))
  const { date, node, platform, processor, cores, loadAfter } = endWatch()
  const markdown = `# What \`quipu query\` costs

Written by \`npm run bench:query -w @quipu/bench\`; do not edit. Files of ${megabytes} MB of activity lines, as text with a logger's time or as
JSON, each queried by a process of its own. Seconds of CPU include the start of Node; the wall time is longer beside other work.

- ${date}, Node ${node}, ${platform}, ${processor}, ${cores} cores, load ${loadAfter[0]?.toFixed(1)}

| lines | query | lines a second of CPU | CPU | wall | memory |
|---|---|---:|---:|---:|---:|
${rows.join('\n')}
`
  writeFileSync(fileURLToPath(new URL('../../query.md', import.meta.url)), markdown)
  process.stdout.write(markdown)
} finally {
  rmSync(folder, { recursive: true })
}

function measureFormat(format: LogFormat, report: string): readonly string[] {
  const file = join(folder, `${format}.log`)
  const lines = writeLog(file, format, megabytes)
  const rows = QUERIES.map((query) => {
    const started = performance.now()
    const args = ['--import', report, command, 'query', file, ...query]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
    if (status !== 0) throw new Error(stderr)
    const wall = (performance.now() - started) / 1000
    const used: { readonly cpuSeconds: number; readonly megabytes: number } = JSON.parse(stderr)
    const rate = `${(lines / used.cpuSeconds / 1e6).toFixed(1)} M`
    const cost = [`${used.cpuSeconds.toFixed(1)} s`, `${wall.toFixed(1)} s`, `${used.megabytes.toFixed(0)} MB`]
    return `| ${format} | \`${query.join(' ')}\` | ${[rate, ...cost].join(' | ')} |`
  })
  rmSync(file)
  return rows
}
