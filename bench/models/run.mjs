import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureRuntime } from '../../test/compat/runtimes.mjs'
import { bundled, installed } from '../../test/corpus/install.mjs'

// npm run bench:models -w @quipu/bench -- [--rounds 21] [--only Quipu]
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '21' }, only: { type: 'string', default: '' } },
})
const rounds = Number(values.rounds)
const here = fileURLToPath(new URL('.', import.meta.url))
const { peerClient, peers } = await import(await bundled('peers.ts'))
const node = await ensureRuntime('node-24')
const startedAt = performance.now()

const server = fork(join(here, 'server.mjs'))
const [port] = await once(server, 'message')
const observers = ['bare', 'Quipu', ...peers.map(({ name }) => name)].filter(
  (name) => name === 'bare' || name.includes(values.only),
)
const processes = []
for (const observer of observers) processes.push({ observer, child: await start(observer), figures: {} })

// A server compiles its code once and then runs for weeks: rounds count after the code of all observers is compiled.
const WARM_ROUNDS = 4
for (let round = -WARM_ROUNDS; round < rounds; round++) {
  await inTurn('fetch', 4000, round >= 0)
  await inTurn('call', 2000, round >= 0)
  await inTurn('joined', 20_000, round >= 0)
  await inTurn('apart', 5000, round >= 0)
}
for (let round = 0; round < 3; round++) await inTurn('open', 1000, true)
const quipu = processes.filter(({ observer }) => observer === 'Quipu')
for (let round = 0; round < rounds; round++) await inTurn('explicit', 100_000, true, quipu)
// A young generation that holds all garbage of a measurement; for CPU time it would be unlike that of an application.
const YOUNG = ['--min-semi-space-size=256', '--max-semi-space-size=256']
for (const each of processes) {
  each.child.kill()
  each.child = await start(each.observer, YOUNG)
}
await inTurn('garbage', 2000, false)
for (let round = 0; round < 3; round++) await inTurn('garbage', 200, true)

const page = `# What observing a model call costs

Written by \`npm run bench:models -w @quipu/bench\`; do not edit. A client of openai 6 calls a loopback server; each observer
runs in its own process, all in turn. Figures are relative to the process without an observer, whose own figures are in the
first row: minimum / median of ${rounds} rounds for CPU time, after ${WARM_ROUNDS} rounds that warm up, else medians of 3 rounds. An absolute figure depends on the machine and its load; compare the rows.

- CPU time, in microseconds: of a \`fetch\` that is not a model call, of a call, and of one chunk: in 50 streams
  whose chunks arrive one by one, and in a stream whose chunks arrive twenty at a time.
- Garbage, in kB: bytes that a call allocates on the heap, dead or alive.
- For 1,000 open streams: the memory of one in bytes, and the 99th percentile of the event loop's delay in milliseconds
  while each of them gets ten chunks per second.

| observer | fetch | call | chunk | joined chunk | garbage of a call | memory of a stream | loop delay |
|:--|--:|--:|--:|--:|--:|--:|--:|
${processes.map(row).join('\n')}

A call that the application reports itself (\`startLlmCall\`, \`firstOutput\`, \`usage\`, \`end\`) takes ${median(
  quipu[0]?.figures.explicit ?? [],
).toFixed(2)} µs of CPU time, at best ${Math.min(...(quipu[0]?.figures.explicit ?? [])).toFixed(2)} µs.

${new Date().toISOString()}, Node ${node.version}, ${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; took ${Math.round((performance.now() - startedAt) / 1000)} s.
`
process.stdout.write(page)
if (values.only === '') writeFileSync(join(here, '..', 'models.md'), page)
for (const { child } of processes) child.kill()
server.kill()

async function start(observer, flags = []) {
  const peer = peers.find(({ name }) => name === observer)
  const folder = await installed({ ...peerClient.packages, '@opentelemetry/api': '1.9.1', ...peer?.packages })
  const program = await bundled('../../bench/models/program.mjs', folder)
  const child = fork(program, [observer, `http://127.0.0.1:${port}`], {
    cwd: folder,
    execPath: node.program,
    execArgv: ['--expose-gc', ...flags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return child
}

async function inTurn(name, count, isMeant, which = processes) {
  for (const { child, figures } of which) {
    child.send([name, count])
    const [{ value }] = await once(child, 'message')
    if (!isMeant) continue
    figures[name] ??= []
    figures[name].push(value)
  }
}

function row({ observer, figures }) {
  const bare = processes[0].figures
  const isBare = figures === bare
  const cell = (of, digits, scale = 1) =>
    ((median(of(figures)) - (isBare ? 0 : median(of(bare)))) / scale).toFixed(digits)
  const cpu = (of, digits) => {
    const difference = (statistic) => (statistic(of(figures)) - (isBare ? 0 : statistic(of(bare)))).toFixed(digits)
    return `${difference((numbers) => Math.min(...numbers))} / ${difference(median)}`
  }
  const cells = [
    cpu((all) => all.fetch, 1),
    cpu((all) => all.call, 0),
    cpu((all) => all.apart, 1),
    cpu((all) => all.joined, 1),
    cell((all) => all.garbage, 1, 1000),
    cell((all) => all.open.map(([bytes]) => bytes), 0),
    cell((all) => all.open.map(([, delay]) => delay), 1),
  ]
  return `| ${observer} | ${cells.join(' | ')} |`
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
