import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { watchEnvironment } from '../environment.js'
import { type Framework, frameworks, type Observer, observersOf } from './request-cases.js'
import { holdRequests, sendRequests, timeRequests } from './request-load.js'

// npm run bench:requests -w @quipu/bench -- [--rounds 5] [--requests 20000] [--only Fastify]
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '20000' },
    only: { type: 'string', default: '' },
  },
})
const requests = Number(values.requests)
/** Number of concurrent requests while their memory is measured. */
const HELD = 1000
const script = fileURLToPath(new URL('./request-server.js', import.meta.url))
const endWatch = watchEnvironment()
const rows: string[] = []
for (const framework of frameworks.filter((name) => name.includes(values.only)))
  rows.push(...(await measure(framework)))
const { date, node, platform, processor, cores, seconds } = endWatch()
const markdown = `# What a request costs

Written by \`npm run bench:requests -w @quipu/bench\`; do not edit. Relative to a server without an observer: CPU time of the server
process per request in microseconds, lower quartile of ${values.rounds} rounds of ${requests} requests, all observers in turn, over four
connections, eight requests at a time; 99th percentile of the latency of single requests in microseconds, lower quartile of the same number
of rounds (other programs make rounds slower, never faster); heap per
open request in bytes, with ${HELD} open requests. The route has a parameter; on Express it is in a mounted router. An absolute figure
depends on the machine and its load; compare the rows of one server.

- ${date}, Node ${node}, ${platform}, ${processor}, ${cores} cores; took ${Math.round(seconds)} s

| server | observer | CPU of a request | over bare | p99 | heap of an open request | over bare | load |
|:--|:--|--:|--:|--:|--:|--:|--:|
${rows.join('\n')}
`
process.stdout.write(markdown)
if (values.only === '') {
  writeFileSync(join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'requests.md'), markdown)
}

interface Server {
  readonly observer: Observer
  readonly child: ChildProcess
  readonly port: number
  readonly costsUs: number[]
  readonly p99sUs: number[]
  heapBytes: number
}

/** The rows of a framework. Its servers run at the same time and are measured in turn, so that all have the same load. */
async function measure(framework: Framework): Promise<string[]> {
  const servers: Server[] = []
  for (const observer of observersOf(framework)) servers.push(await start(framework, observer))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const server of servers) await measureOnce(server)
  }
  for (const server of servers) server.heapBytes = await heapOfOpenRequest(server)
  const [bare] = servers
  return servers.map((server) => {
    server.child.kill()
    const cost = lowerQuartile(server.costsUs)
    const over = (value: number, base: number): string => (server === bare ? '' : value.toFixed(base))
    const cells = [
      framework,
      server.observer,
      cost.toFixed(1),
      over(cost - lowerQuartile(bare?.costsUs ?? []), 1),
      lowerQuartile(server.p99sUs).toFixed(0),
      server.heapBytes.toFixed(0),
      over(server.heapBytes - (bare?.heapBytes ?? 0), 0),
      (loadavg()[0] ?? 0).toFixed(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
}

async function start(framework: Framework, observer: Observer): Promise<Server> {
  const child = fork(script, [framework, observer], { execArgv: ['--expose-gc'] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  await sendRequests(port, requests / 2)
  return { observer, child, port, costsUs: [], p99sUs: [], heapBytes: 0 }
}

async function measureOnce({ child, port, costsUs, p99sUs }: Server): Promise<void> {
  const before = await ask(child, 'cpuUs')
  await sendRequests(port, requests)
  costsUs.push(((await ask(child, 'cpuUs')) - before) / requests)
  const durations = (await timeRequests(port, requests / 10)).sort((a, b) => a - b)
  p99sUs.push(durations[Math.floor(durations.length * 0.99)] ?? Number.NaN)
}

async function heapOfOpenRequest({ child, port }: Server): Promise<number> {
  const before = await ask(child, 'heapBytes')
  const end = await holdRequests(port, HELD)
  // Sent requests have arrived when the server reads them; there is no other signal.
  await delay(500)
  const held = await ask(child, 'heapBytes')
  end()
  return (held - before) / HELD
}

async function ask(child: ChildProcess, what: 'cpuUs' | 'heapBytes'): Promise<number> {
  child.send(what)
  const [answer] = (await once(child, 'message')) as [number]
  return answer
}

function lowerQuartile(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 4)] ?? Number.NaN
}
