import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureRuntime } from '../../test/compat/runtimes.mjs'
import { bundled } from '../../test/corpus/install.mjs'

// npm run bench:unobserved -w @quipu/bench -- [--rounds 600] [--node node-24]
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '600' }, node: { type: 'string', default: 'node-24' } },
})
const rounds = Number(values.rounds)
const here = fileURLToPath(new URL('.', import.meta.url))
const node = await ensureRuntime(values.node)
const load = loadavg()[0] ?? 0
const startedAt = performance.now()

const observers = {
  empty: 'subscribers that do nothing',
  models: 'Quipu, model calls',
  durations: 'Quipu, durations of requests',
  contrib: '@opentelemetry/instrumentation-undici',
}
const server = fork(join(here, 'server.mjs'))
const [port] = await once(server, 'message')
// A young generation that holds all garbage of a measurement.
const execArgv = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']
const program = await bundled('../../bench/models/unobserved-program.mjs')
const child = fork(program, [`http://127.0.0.1:${port}`], { execPath: node.program, execArgv })
await once(child, 'message')

const REQUESTS = 32
const differences = { fetch: {}, http: {} }
const bare = { fetch: [], http: [] }
for (const client of ['fetch', 'http']) {
  for (let round = -20; round < rounds; round++) {
    const ns = {}
    // Each round in another order, so that a change of the machine's load meets all observers.
    for (const observer of shuffled(['none', ...Object.keys(observers)]))
      ns[observer] = await run(client, observer, REQUESTS)
    if (round < 0) continue
    bare[client].push(ns.none)
    for (const observer of Object.keys(observers)) {
      differences[client][observer] ??= []
      differences[client][observer].push((ns[observer] - ns.none) / 1000)
    }
  }
}
const published = {}
for (let round = -2; round < 15; round++) {
  for (const observer of shuffled(['none', ...Object.keys(observers)])) {
    const value = await run('publish', observer)
    if (round < 0) continue
    published[observer] ??= []
    published[observer].push(value)
  }
}

const rows = ['none', ...Object.keys(observers)].map((observer) => {
  const ns = published[observer].map((each) => each.ns)
  const bytes = median(published[observer].map((each) => each.bytes))
  const paired = ['fetch', 'http'].map((client) => {
    if (observer === 'none') return `${(median(bare[client]) / 1000).toFixed(0)} in all`
    const all = differences[client][observer]
    const [low, high] = interval(all)
    return `${median(all).toFixed(2)} (${low.toFixed(2)} … ${high.toFixed(2)})`
  })
  const name = observers[observer] ?? 'nothing'
  return `| ${name} | ${Math.min(...ns).toFixed(0)} / ${median(ns).toFixed(0)} | ${bytes.toFixed(0)} | ${paired.join(' | ')} |`
})

const page = `# What a request costs that is not a model call

Written by \`npm run bench:unobserved -w @quipu/bench\`; do not edit. All in one process, in which one observer is started and
stopped after another.

- Published: the messages of a request as undici publishes them, in a loop of 100,000: nanoseconds of CPU time, minimum / median of 15
  rounds, and bytes on the heap. What nothing subscribes to is not published, so subscribers that do nothing have a cost too.
- \`fetch\` and \`node:http\`: microseconds of CPU time over nothing, of requests on one connection to loopback, in blocks of ${REQUESTS},
  each after 96 that are not measured, with each observer in changing order; the median of the differences of ${rounds} pairs of blocks, and its interval of 95 % by
  bootstrap.

"Durations of requests" is the metric \`http.client.request.duration\`, which \`register\` and \`start()\` also switch on. The peer
observes undici only, with a MeterProvider and without traces.

| observer | published, ns | bytes | \`fetch\`, µs | \`node:http\`, µs |
|:--|--:|--:|--:|--:|
${rows.join('\n')}

${new Date().toISOString()}, Node ${node.version}, ${cpus()[0]?.model}, ${cpus().length} cores, load before ${load.toFixed(1)}, after ${loadavg()[0]?.toFixed(1)}; took ${Math.round((performance.now() - startedAt) / 1000)} s.
`
process.stdout.write(page)
writeFileSync(join(here, '..', 'unobserved.md'), page)
child.kill()
server.kill()

async function run(...message) {
  child.send(message)
  const [{ value }] = await once(child, 'message')
  return value
}

function shuffled(list) {
  return list
    .map((each) => [Math.random(), each])
    .sort(([a], [b]) => a - b)
    .map(([, each]) => each)
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The interval of the median that has 95 % of the medians of samples drawn from the numbers. */
function interval(numbers) {
  const draw = () => numbers[Math.floor(Math.random() * numbers.length)]
  const medians = Array.from({ length: 1000 }, () => median(numbers.map(draw))).sort((a, b) => a - b)
  return [medians[25], medians[974]]
}
