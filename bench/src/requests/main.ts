import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { watchEnvironment } from '../environment.js'
import { HELD, MeasuredServer, TIMED } from './measured-server.js'
import { type Framework, frameworks, observersOf } from './request-cases.js'

// npm run bench:requests -w @quipu/bench -- [--processes 3] [--rounds 5] [--requests 20000] [--only Fastify]
const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '20000' },
    only: { type: 'string', default: '' },
  },
})
const processes = Number(values.processes)
const requests = Number(values.requests)
const endWatch = watchEnvironment()
const rows: string[] = []
for (const framework of frameworks.filter((name) => name.includes(values.only)))
  rows.push(...(await measure(framework)))
const { date, node, platform, processor, cores, seconds } = endWatch()
const markdown = `# What a request costs

Written by \`npm run bench:requests -w @quipu/bench\`; do not edit. Each observer runs in ${processes} processes of its own, all in turn, for
${values.rounds} rounds of ${requests} requests over four connections, eight requests at a time. Before each
round, half as many requests are sent and not measured, because a server that was idle is slow at first. Where two figures are
given, they are minimum / median: the minimum is that of each process, averaged, because processes of one program differ by
some tenths of a microsecond; the median is that of all rounds, which other programs make slower and never faster. An absolute
figure depends on the machine and its load; compare the rows of one server. "Over bare" is the difference from a server without
an observer.

- CPU time of the server process per request, in microseconds.
- p99: 99th percentile of the latency of ${TIMED} requests, one after the other, in microseconds.
- Heap per open request in bytes, with ${HELD} open requests.

The route has a parameter; on Express it is in a mounted router. The run stops if an observer has not counted every request.

- ${date}, Node ${node}, ${platform}, ${processor}, ${cores} cores; took ${Math.round(seconds)} s

| server | observer | CPU of a request | over bare | p99 | over bare | heap of an open request | over bare | load |
|:--|:--|--:|--:|--:|--:|--:|--:|--:|
${rows.join('\n')}
`
process.stdout.write(markdown)
if (values.only === '') {
  writeFileSync(join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'requests.md'), markdown)
}

/** The rows of a framework. Its servers run at the same time and are measured in turn, so that all have the same load. */
async function measure(framework: Framework): Promise<string[]> {
  const servers: MeasuredServer[] = []
  for (let process = 0; process < processes; process++) {
    for (const observer of observersOf(framework)) servers.push(await MeasuredServer.start(framework, observer))
  }
  for (const server of servers) await server.warmUp(requests * 2)
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const server of servers) await server.measure(requests)
  }
  for (const server of servers) await server.end()
  const bare = figuresOf(servers.filter(({ observer }) => observer === 'bare'))
  return observersOf(framework).map((observer) => {
    const own = figuresOf(servers.filter((server) => server.observer === observer))
    const over = (figures: Figure[], base: Figure[], digits: number): string =>
      observer === 'bare'
        ? ''
        : pair(
            figures.map((figure, i) => figure - (base[i] ?? 0)),
            digits,
          )
    const cells = [
      framework,
      observer,
      pair(own.cpuUs, 1),
      over(own.cpuUs, bare.cpuUs, 1),
      pair(own.p99Us, 0),
      over(own.p99Us, bare.p99Us, 0),
      pair(own.heapBytes, 0),
      over(own.heapBytes, bare.heapBytes, 0),
      (loadavg()[0] ?? 0).toFixed(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
}

type Figure = number

/** The figures of the processes of one observer, each with its minimum and its median. */
function figuresOf(servers: readonly MeasuredServer[]): Record<'cpuUs' | 'p99Us' | 'heapBytes', Figure[]> {
  return {
    cpuUs: minimumAndMedian(servers.map(({ cpusUs }) => cpusUs)),
    p99Us: minimumAndMedian(servers.map(({ p99sUs }) => p99sUs)),
    heapBytes: [median(servers.map(({ heapBytes }) => heapBytes))],
  }
}

/** @param rounds the rounds of each process */
function minimumAndMedian(rounds: readonly (readonly number[])[]): [Figure, Figure] {
  const minima = rounds.map((ofOne) => Math.min(...ofOne))
  return [minima.reduce((total, one) => total + one, 0) / minima.length, median(rounds.flat())]
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

function pair(figures: readonly Figure[], digits: number): string {
  return figures.map((figure) => figure.toFixed(digits)).join(' / ')
}
