import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRecorder } from '@quipu/core'
import { catalogPage, createHandler } from '@quipu/prometheus'
import { catalog } from '../libraries/catalog.js'
import { durationOf } from '../workload.js'
import { watchLongTurns } from './turn-watch.js'
import { accepts, type TurnsCase, type TurnsRun } from './turns-case.js'

// The process of one case: a server whose page has 50,000 series, all changed between any two scrapes, and another process
// that scrapes it.
const { kind, format, coding, scrapes, series }: TurnsCase = JSON.parse(process.argv[2] ?? '{}')

const recorder = createRecorder({ catalog, limits: { seriesPerMetric: series, valuesPerLabel: series } })
const { bench_events_total: counter, bench_duration_seconds: histogram } = recorder.metrics
const touch = (n: number): void => {
  for (let i = 0; i < series; i++) {
    const labels = { model: `model-${i % 250}`, endpoint: `endpoint-${Math.floor(i / 250)}` }
    if (kind === 'counter') counter.add(1 + (i % 7), labels)
    else histogram.record(durationOf(i + n), labels)
  }
}
for (let i = 0; i < 8; i++) touch(i * 7)

const server = createServer(createHandler({ pages: { '/page': catalogPage(recorder) }, timeoutMs: 60_000 }))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
const client = fork(new URL('./turns-client.js', import.meta.url), { execArgv: [] })
await once(client, 'spawn')

const headers = { accept: accepts[format], 'accept-encoding': coding }
let bytes = 0
const scrape = async (): Promise<void> => {
  client.send({ port, headers })
  const [answer] = await once(client, 'message')
  if (answer.status !== 200 || (coding !== 'identity' && answer.coding !== coding))
    throw new Error(JSON.stringify(answer))
  bytes = answer.bytes
}
const watched: Awaited<ReturnType<typeof watchLongTurns>>[] = []
for (let i = 0; i < scrapes + 2; i++) {
  touch(i)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const turns = await watchLongTurns(scrape)
  // The first pages come from a cold process; their maximum is reported separately.
  watched.push(turns)
}
client.disconnect()
const run: TurnsRun = {
  node: process.version,
  bytes,
  maxRssMiB: process.resourceUsage().maxRSS / 1024,
  first: watched.slice(0, 2),
  scrapes: watched.slice(2),
}
process.stdout.write(`\n${JSON.stringify(run)}\n`)
process.exit(0)
