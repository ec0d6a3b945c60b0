// @ts-check
// Draws the studio into docs/pictures/: what `quipu demo` shows after a few minutes, in Chromium.
// `npm run pictures:studio [-- <minutes>]`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const minutes = Number(process.argv[2] ?? 4)
const root = fileURLToPath(new URL('../..', import.meta.url))
const servers = process.env.QUIPU_SERVERS ?? join(homedir(), '.cache/quipu/servers')

/** @type {readonly { name: string, hash: string, width: number, height: number, colorScheme: 'light' | 'dark', show?: string }[]} */
const pictures = [
  { name: 'studio', hash: '#/', width: 1440, height: 1010, colorScheme: 'light' },
  { name: 'studio-dark', hash: '#/', width: 1440, height: 1010, colorScheme: 'dark' },
  { name: 'studio-metric', hash: '#/metrics/llm_requests', width: 1280, height: 860, colorScheme: 'light' },
  {
    name: 'studio-heatmap',
    hash: '#/metrics/app_request_duration_seconds',
    width: 1280,
    height: 860,
    colorScheme: 'dark',
    show: 'Heatmap',
  },
  { name: 'studio-phone', hash: '#/', width: 360, height: 900, colorScheme: 'light' },
]

const app = spawn(process.execPath, [join(root, 'packages/cli/dist/bin.js'), 'demo'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const browser = await chromium.launch({
  executablePath: join(servers, 'chromium/chromium'),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--hide-scrollbars'],
})
try {
  const url = await studioUrl()
  const opened = await Promise.all(
    pictures.map(async (picture) => {
      const { hash, width, height, colorScheme } = picture
      const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: 2 })
      await page.goto(url + hash)
      return { ...picture, page }
    }),
  )
  console.log(`traffic for ${minutes} minutes …`)
  await delay(minutes * 60_000)
  for (const { name, show, page } of opened) {
    if (show !== undefined) await page.getByLabel(show, { exact: true }).check()
    await delay(3000)
    const path = join(root, 'docs/pictures', `${name}.png`)
    await page.screenshot({ path })
    console.log(path.slice(root.length))
  }
} finally {
  await browser.close()
  app.kill('SIGTERM')
  if (app.exitCode === null) await once(app, 'exit')
}

/** @returns {Promise<string>} */
function studioUrl() {
  return new Promise((resolve, reject) => {
    let text = ''
    // Read to its end, so that the demonstration can continue to write.
    app.stdout.on('data', (chunk) => {
      text = (text + chunk).slice(-10_000)
      const [url] = /http:\S+\/quipu/.exec(text) ?? []
      if (url !== undefined) resolve(url)
    })
    app.once('exit', () => reject(new Error('the demonstration ended')))
  })
}
