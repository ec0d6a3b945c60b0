import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureRuntime } from '../../test/compat/runtimes.mjs'
import { bundled, installed } from '../../test/corpus/install.mjs'

// npm run bench:bodies -w @quipu/bench -- [--rounds 21] [--node node-24]
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '21' }, node: { type: 'string', default: 'node-24' } },
})
const rounds = Number(values.rounds)
const here = fileURLToPath(new URL('.', import.meta.url))
const node = await ensureRuntime(values.node)
const folder = await installed({ axios: '1.21.1', undici: '7.16.0', '@opentelemetry/api': '1.9.1' })
const program = await bundled('../../bench/models/bodies-program.mjs', folder)
const load = loadavg()[0] ?? 0
const startedAt = performance.now()

const server = fork(join(here, 'bodies-server.mjs'))
const [port] = await once(server, 'message')
const children = []
for (const observer of ['bare', 'Quipu']) {
  const child = fork(program, [observer, `http://127.0.0.1:${port}`], { cwd: folder, execPath: node.program })
  await once(child, 'message')
  children.push(child)
}

const cases = {
  numbers: 'a response of 50 MB, embeddings',
  compressed: 'the same, compressed by gzip',
  words: 'a response of 50 MB, short strings',
  'request by fetch': 'a request of 20 MB with an image, by `fetch`',
  'request by undici': 'the same by undici 7',
  'request by axios': 'the same by axios 1, through `node:http`',
}
const WARM_ROUNDS = 3
const rows = []
for (const [name, what] of Object.entries(cases)) {
  const figures = { bare: [], with: [], most: [], longest: [], total: [] }
  for (let round = -WARM_ROUNDS; round < rounds; round++) {
    const [bare, quipu] = [await run(children[0], name), await run(children[1], name)]
    if (round < 0) continue
    figures.bare.push(bare.turnMs)
    figures.with.push(quipu.turnMs)
    const turns = quipu.ownTurnsMs.sort((a, b) => a - b)
    figures.most.push(turns[Math.floor(turns.length * 0.9)])
    figures.longest.push(turns.at(-1))
    figures.total.push(quipu.ownMs)
  }
  const { most, longest, total } = figures
  const cells = [most, longest, total, figures.with, figures.bare].map(cell)
  rows.push(`| ${what} | ${cells.join(' | ')} |`)
  process.stderr.write(`› ${rows.at(-1)}\n`)
}

const page = `# Turns of the event loop while large bodies pass

Written by \`npm run bench:bodies -w @quipu/bench\`; do not edit. A client sends one request over loopback to a server in another
process, with Quipu and without in turn. Milliseconds, minimum / median of ${rounds} rounds, after ${WARM_ROUNDS} that warm up.

- Own code: the time of Quipu's code in one turn of the event loop, of nine in ten of the turns in which it runs and of the
  longest one, and for the whole body. It is measured by the clock, with pauses of the garbage collector and the time of other
  programs: on a busy machine the longest turn is one that was interrupted.
- Turn: the longest turn of the event loop. It includes the client, and excludes time in which another program
  used the core (\`schedstat\`).

The client stores nothing. Data that Quipu has no time for in a turn wait for the next turns, up to 4 MiB; above that, reading is as
fast as data arrive. Only short strings at the speed of loopback reach that limit.

| body | own code, 90 % of turns | longest | whole body | longest turn with Quipu | without |
|:--|--:|--:|--:|--:|--:|
${rows.join('\n')}

${new Date().toISOString()}, Node ${node.version}, ${cpus()[0]?.model}, ${cpus().length} cores, load before ${load.toFixed(1)}, after ${loadavg()[0]?.toFixed(1)}; took ${Math.round((performance.now() - startedAt) / 1000)} s.
`
process.stdout.write(page)
writeFileSync(join(here, '..', 'bodies.md'), page)
for (const child of children) child.kill()
server.kill()

async function run(child, name) {
  child.send(name)
  const [{ value }] = await once(child, 'message')
  return value
}

function cell(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (index) => (sorted[index] ?? Number.NaN).toFixed(2)
  return `${at(0)} / ${at(Math.floor(sorted.length / 2))}`
}
