import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { serverPath } from '../servers/index.js'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Errors and requests of a page. */
export interface Watched {
  readonly page: Page
  /** Errors, and violations of the policy. */
  readonly complaints: readonly string[]
  /** Addresses of all requests, including refused ones. */
  readonly requests: readonly string[]
}

/** Starts Debian's Chromium without a window. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: serverPath('chromium'), args: FLAGS })
}

/** Opens an address in its own context. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text())
    }
  })
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(url)
  return { page, complaints, requests }
}
