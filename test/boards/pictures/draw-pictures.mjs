// @ts-check
// Draws each board of dashboards/ into docs/pictures/: Prometheus scrapes the SecureTrack example under its live traffic for
// a few minutes, and Chromium draws its answers to the boards' own queries. `npm run pictures [-- <minutes>]`.
// These are not pictures of Grafana: places, kinds, units and limits come from the boards, the drawing from this folder.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { boardPage, PAGE_WIDTH } from './board-page.mjs'
import { createSeriesReader } from './series-reader.mjs'

const minutes = Number(process.argv[2] ?? 5)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const servers = process.env.QUIPU_SERVERS ?? join(homedir(), '.cache/quipu/servers')
const scratch = mkdtempSync(join(tmpdir(), 'quipu-pictures-'))
const pictures = join(root, 'docs/pictures')
const chromiumFlags = [
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars',
  '--disable-background-networking --disable-component-update --disable-sync',
].flatMap((flags) => flags.split(' '))

/** @type {import('node:child_process').ChildProcess[]} */
const children = []
try {
  const [appPort, prometheusPort] = [await freePort(), await freePort()]
  start(process.execPath, [join(root, 'examples/securetrack/dist/main.js'), '--port', String(appPort)])
  writeFileSync(join(scratch, 'prometheus.json'), JSON.stringify(configFor(appPort)))
  start(join(servers, 'prometheus/prometheus'), [
    `--config.file=${join(scratch, 'prometheus.json')}`,
    `--storage.tsdb.path=${join(scratch, 'data')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    '--log.level=error',
  ])
  console.log(`traffic for ${minutes} minutes …`)
  await delay(minutes * 60_000)
  const read = createSeriesReader(`http://127.0.0.1:${prometheusPort}`, minutes * 60)
  mkdirSync(pictures, { recursive: true })
  for (const file of readdirSync(join(root, 'dashboards')).filter((name) => name.endsWith('.json'))) {
    const board = JSON.parse(readFileSync(join(root, 'dashboards', file), 'utf8'))
    const { html, height } = await boardPage(board, read)
    const page = join(scratch, `${file}.html`)
    writeFileSync(page, html)
    const picture = join(pictures, file.replace('.json', '.png'))
    const size = `--window-size=${PAGE_WIDTH},${height}`
    execFileSync(
      'chromium',
      [...chromiumFlags, `--user-data-dir=${scratch}/chromium`, size, `--screenshot=${picture}`, page],
      {
        stdio: 'ignore',
      },
    )
    console.log(picture.slice(root.length))
  }
} finally {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))))
  rmSync(scratch, { recursive: true, force: true })
}

/** @param {string} program @param {readonly string[]} args */
function start(program, args) {
  children.push(
    spawn(program, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      // So that the boards show costs.
      env: { ...process.env, QUIPU_GENAI_PRICES: 'true' },
    }),
  )
}

/** @param {number} port */
function configFor(port) {
  const targets = [`127.0.0.1:${port}`]
  const job = (/** @type {string} */ name, /** @type {string} */ path) => ({
    job_name: name,
    metrics_path: path,
    static_configs: [{ targets }],
  })
  return {
    global: { scrape_interval: '2s', scrape_timeout: '2s' },
    scrape_configs: [job('securetrack', '/metrics'), job('securetrack-custom', '/custom_metrics')],
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
