import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { watchEnvironment } from '../environment.js'
import { type Framework, frameworks, type Observer, observersOf } from './request-cases.js'
import { sendRequests } from './request-load.js'

// npm run bench:requests -w @quipu/bench -- [--rounds 5] [--requests 20000]
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, requests: { type: 'string', default: '20000' } },
})
const requests = Number(values.requests)
const script = fileURLToPath(new URL('./request-server.js', import.meta.url))
const endWatch = watchEnvironment()
const rows: string[] = []
for (const framework of frameworks) rows.push(...(await measure(framework)))
const { date, node, platform, processor, cores, seconds } = endWatch()
const markdown = `# CPU of a request

Written by \`npm run bench:requests -w @quipu/bench\`; do not edit. CPU time of the serving process per request, over a
server that nothing observes, in microseconds: the median of ${values.rounds} rounds of ${requests} requests, all observers in turn. A
route with a parameter, within a mounted router on Express; requests come over four connections, eight at a time.

- ${date}, Node ${node}, ${platform}, ${processor}, ${cores} cores; took ${Math.round(seconds)} s

| server | observer | CPU of a request | over bare | load |
|:--|:--|--:|--:|--:|
${rows.join('\n')}
`
process.stdout.write(markdown)
writeFileSync(join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'requests.md'), markdown)

/** The rows of a framework; its servers run at the same time and are measured in turn, so that all meet the same load. */
async function measure(framework: Framework): Promise<string[]> {
  const servers: { observer: Observer; child: ChildProcess; port: number; costs: number[] }[] = []
  for (const observer of observersOf(framework)) {
    const child = fork(script, [framework, observer], { execArgv: ['--expose-gc'] })
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    await sendRequests(port, requests / 2)
    servers.push({ observer, child, port, costs: [] })
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { child, port, costs } of servers) {
      const before = await cpuOf(child)
      await sendRequests(port, requests)
      costs.push(((await cpuOf(child)) - before) / requests)
    }
  }
  const bare = median(servers[0]?.costs ?? [])
  return servers.map(({ observer, child, costs }) => {
    child.kill()
    const cost = median(costs)
    const over = observer === 'bare' ? '' : (cost - bare).toFixed(1)
    return `| ${framework} | ${observer} | ${cost.toFixed(1)} | ${over} | ${(loadavg()[0] ?? 0).toFixed(1)} |`
  })
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [{ cpuUs }] = (await once(child, 'message')) as [{ cpuUs: number }]
  return cpuUs
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}
