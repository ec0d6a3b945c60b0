import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRecorder } from '@quipu/core'
import { type Quipu, start } from '@quipu/sdk'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { describeWithServer, waitUntil } from '../servers/index.js'
import { openPage, startBrowser, type Watched } from './browser.js'
import { readTable } from './figures-table.js'
import { serveText, type TextPage } from './text-page.js'

const SECONDS = 15_000

describeWithServer('chromium', 'the studio in Chromium', () => {
  let browser: Browser
  const open: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await Promise.all(open.splice(0).map((close) => close()))
  })
  afterAll(() => browser.close())

  async function startApplication(prometheus: object = {}): Promise<Quipu> {
    const quipu = start({
      recorder: createRecorder(),
      processes: 'single',
      exitHooks: false,
      prometheus: { port: 0, studio: true, ...prometheus },
      activityLog: { enabled: true, sink: { write: () => undefined } },
    })
    open.push(() => quipu.shutdown())
    await quipu.ready
    return quipu
  }

  async function textPage(text: string): Promise<TextPage> {
    const page = await serveText(text)
    open.push(() => page.close())
    return page
  }

  const shows = (page: Watched['page'], caption: string, row: string, wanted: Readonly<Record<string, string>>) =>
    waitUntil(
      async () => {
        const found = (await readTable(page, caption))[row] ?? {}
        return Object.entries(wanted).every(([column, text]) => found[column] === text) ? found : undefined
      },
      SECONDS,
      () => `${caption}: ${row} has ${JSON.stringify(wanted)}`,
    )

  test('shows the numbers of a live application as they change, and asks nobody else', async () => {
    const quipu = await startApplication()
    const { urls } = await quipu.ready
    const call = (model: string) =>
      quipu.recorder.withLlmCall({ model, endpoint: 'chat' }, async (call) =>
        call.usage({ inputTokens: 120, outputTokens: 30 }),
      )
    await call('gpt-4')
    const { page, complaints, requests } = await openPage(browser, urls.studio ?? '')
    await shows(page, 'Models', 'gpt-4', { Calls: '1', 'Tokens in': '120', 'Tokens out': '30' })
    for (let i = 0; i < 4; i++) await call('gpt-4')
    await call('claude-sonnet-4')
    await shows(page, 'Models', 'gpt-4', { Calls: '5', 'Tokens in': '600', 'Tokens out': '150' })
    await shows(page, 'Models', 'claude-sonnet-4', { Calls: '1' })
    await page.getByText('llm_call').first().waitFor()
    expect(complaints).toEqual([])
    expect(requests.filter((url) => new URL(url).origin !== new URL(urls.custom).origin)).toEqual([])
  })
})
