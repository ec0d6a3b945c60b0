import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { loadStudio } from '@quipu/studio'
import { type Browser, chromium, type Page } from 'playwright-core'
import { watchEnvironment } from '../environment.js'
import { pageText } from './page-text.js'
import { summarizeTasks } from './tasks.js'

// npm run bench:studio -w @quipu/bench -- [--series 2000] [--seconds 20]
const { values } = parseArgs({
  options: { series: { type: 'string', default: '2000' }, seconds: { type: 'string', default: '20' } },
})
const series = Number(values.series)
const seconds = Number(values.seconds)
/** Polls in an hour. */
const POLLS = 1800
const VIEWS = [
  ['overview', '#/'],
  ['a counter by model', '#/metrics/llm_requests'],
  ['p95 of a histogram by model', '#/metrics/llm_request_duration_seconds'],
] as const

const endWatch = watchEnvironment()
const studio = await loadStudio()
let step = 0
const server = createServer(({ url = '' }, response) => {
  if (url === '/quipu') response.writeHead(200, studio.headers).end(studio.body)
  else if (url === '/custom_metrics') response.end(pageText(series, step++))
  else response.writeHead(404).end()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const servers = process.env.QUIPU_SERVERS ?? join(homedir(), '.cache/quipu/servers')
const browser = await chromium.launch({
  executablePath: join(servers, 'chromium/chromium'),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.addInitScript(hurry, POLLS)
  await page.goto(`http://127.0.0.1:${port}/quipu`)
  const memory: string[] = []
  for (const minutes of [6, 16, 30, 60]) {
    // Just before old values are thinned out, which happens every 60 polls: the highest memory.
    await page.waitForFunction((polls) => Reflect.get(window, 'polls') >= polls, minutes * 30 - 2, { timeout: 600_000 })
    memory.push(`| after ${minutes} minutes | ${await heapMegabytes(page)} MB |`)
  }
  const rows: string[] = []
  for (const [name, hash] of VIEWS) rows.push(await measureView(browser, page, name, hash))
  const { date, node, platform, processor, cores, loadAfter } = endWatch()
  const markdown = `# What the studio costs its browser

Written by \`npm run bench:studio -w @quipu/bench\`; do not edit. A page of ${series} series, two fifths of them histograms of 13 samples, in
Chromium ${browser.version()} without a GPU. Every series changes with every poll. An hour of polls is read first, without pauses; then
each view is open for ${seconds} s with one poll every two seconds. A task is a turn of the page's main thread; its
time is the CPU time of the thread. A frame at 60 Hz has 16.7 ms.
V8 collects garbage while the page is idle, in tasks that delay no frame unless one is due; they are counted as tasks.

- ${date}, Node ${node}, ${platform}, ${processor}, ${cores} cores, load ${loadAfter[0]?.toFixed(1)}
- the document has ${gzipSync(studio.body, { level: 9 }).length} bytes gzipped

| heap of the browser, after a collection, before old values are thinned out | |
|---|---:|
${memory.join('\n')}

| view | tasks | median | p99 | longest | longest, without collections of garbage | over 16 ms |
|---|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}
`
  writeFileSync(fileURLToPath(new URL('../../studio.md', import.meta.url)), markdown)
  process.stdout.write(markdown)
} finally {
  await browser.close()
  server.closeAllConnections()
  server.close()
}

async function measureView(browser: Browser, page: Page, name: string, hash: string): Promise<string> {
  await page.evaluate((to) => {
    location.hash = to
  }, hash)
  await delay(3000)
  await browser.startTracing(page, { categories: ['toplevel', '__metadata', 'devtools.timeline'] })
  await delay(seconds * 1000)
  const { count, median, p99, longest, longestWork, long } = summarizeTasks(await browser.stopTracing())
  const ms = (value: number): string => `${value.toFixed(1)} ms`
  return `| ${name} | ${count} | ${ms(median)} | ${ms(p99)} | ${ms(longest)} | ${ms(longestWork)} | ${long} |`
}

async function heapMegabytes(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return (usedSize / 1e6).toFixed(1)
}

/** Runs in the page: advances its clock by two seconds per poll and polls at once, a number of times. */
function hurry(polls: number): void {
  const began = Date.now()
  const [realNow, realTimeout, realFetch] = [Date.now, setTimeout, fetch]
  let done = 0
  Object.defineProperty(window, 'polls', { get: () => done })
  const isHurried = (): boolean => done < polls
  Date.now = () => (isHurried() ? began + done * 2000 : realNow() + polls * 2000)
  window.fetch = (...args) => {
    if (String(args[0]).endsWith('custom_metrics')) done++
    return realFetch(...args)
  }
  window.setTimeout = ((run: () => void, ms = 0) =>
    realTimeout(run, isHurried() ? 0 : ms)) as unknown as typeof setTimeout
}
