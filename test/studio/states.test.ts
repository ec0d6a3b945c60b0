import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { describeWithServer, waitUntil } from '../servers/index.js'
import { openPage, startBrowser, type Watched } from './browser.js'
import { waitForRow } from './figures-table.js'
import { serveText, type TextPage } from './text-page.js'

const calls = (model: string, count: number) => `llm_requests_total{model="${model}",endpoint="chat"} ${count}\n`
const TYPE = '# HELP llm_requests_total Model calls\n# TYPE llm_requests_total counter\n'

describeWithServer('chromium', 'the studio when things change', () => {
  let browser: Browser
  let server: TextPage
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await server.close()
  })
  afterAll(() => browser.close())

  async function openStudio(text: string): Promise<Watched> {
    server = await serveText(text)
    return openPage(browser, server.url)
  }

  test('a restarted counter shows its new number, and never a negative rate', async () => {
    const { page } = await openStudio(TYPE + calls('gpt-4', 1000))
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '1,000' })
    server.text = TYPE + calls('gpt-4', 3)
    const row = await waitForRow(page, 'Models', 'gpt-4', { Calls: '3' })
    expect(row.Now).toMatch(/^[\d.,]+ ?k?\/min$/)
    await page.getByLabel('5 min', { exact: true }).check()
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '3' })
  })

  test('the series of a metric have the numbers of the page while they change', async () => {
    server = await serveText(TYPE + calls('gpt-4', 10))
    const { page } = await openPage(browser, `${server.url}#/metrics/llm_requests`)
    await waitForRow(page, 'Series of llm_requests_total', 'gpt-4', { Value: '10', endpoint: 'chat' })
    server.text = TYPE + calls('gpt-4', 123_456.5)
    await waitForRow(page, 'Series of llm_requests_total', 'gpt-4', { Value: '123,456.5' })
  })

  test('a removed series is shown as removed, and its model has no rate', async () => {
    const { page } = await openStudio(TYPE + calls('gpt-4', 10) + calls('claude', 5))
    await waitForRow(page, 'Models', 'claude', { Calls: '5' })
    server.text = TYPE + calls('gpt-4', 11)
    await waitForRow(page, 'Models', 'claude', { Calls: '0' })
    await page.goto(`${server.url}#/metrics/llm_requests`)
    await page.getByRole('cell', { name: 'gone' }).waitFor()
  })

  test('an unreachable page is reported, earlier figures stay, and reading continues when it is back', async () => {
    const { page, complaints } = await openStudio(TYPE + calls('gpt-4', 10))
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '10' })
    server.text = undefined
    await page.getByText(/^Reconnecting since/).waitFor()
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '10' })
    server.text = TYPE + calls('gpt-4', 12)
    await page.getByText('Live', { exact: true }).waitFor()
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '12' })
    expect(complaints).toEqual([])
  })

  test('a page that never responded shows a message', async () => {
    server = await serveText('')
    server.text = undefined
    const { page } = await openPage(browser, server.url)
    await page.getByRole('heading', { name: 'No answer yet' }).waitFor()
    server.text = TYPE + calls('gpt-4', 1)
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '1' })
  })

  test('hostile label values are plain text: they run nothing, reorder nothing and do not break the layout', async () => {
    const script = '<img src=x onerror=window.hurt=1><script>window.hurt=1</script>'
    const bidi = 'user\u202egnp.exe'
    const long = 'x'.repeat(1024)
    const text = [script, bidi, long].map((model, i) => calls(model.replaceAll('"', '\\"'), 10 - i)).join('')
    const { page, complaints } = await openStudio(TYPE + text)
    await waitForRow(page, 'Models', script, { Calls: '10' })
    await waitForRow(page, 'Models', 'user\\u202egnp.exe', { Calls: '9' })
    await waitForRow(page, 'Models', long, { Calls: '8' })
    expect(await page.evaluate(() => Reflect.get(window, 'hurt'))).toBeUndefined()
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
  })

  test('5,000 series are read and shown, and the page stays responsive', async () => {
    const big = (step: number) =>
      TYPE + Array.from({ length: 5000 }, (_, i) => calls(`model-${i}`, 5000 - i + step)).join('')
    const { page, complaints } = await openStudio(big(0))
    await waitForRow(page, 'Models', 'model-0', { Calls: '5,000' })
    server.text = big(7)
    await waitForRow(page, 'Models', 'model-0', { Calls: '5,007' })
    await page.getByRole('button', { name: 'Show all 5000' }).waitFor()
    await page.getByRole('link', { name: 'Metrics', exact: true }).click()
    await page.getByRole('heading', { name: 'llm_requests_total' }).waitFor()
    await page.getByText('4992 more are not drawn').waitFor()
    expect(complaints).toEqual([])
  })

  test('samples over the limit are reported', async () => {
    const gauge = Array.from({ length: 130_000 }, (_, i) => `g{i="${i}"} ${i}`).join('\n')
    const { page } = await openStudio(`# TYPE g gauge\n${gauge}\n`)
    await page.goto(`${server.url}#/health`)
    await page.getByText('10 k samples of the pages are not kept here').waitFor()
  })

  test('the figures of the one-minute window cover one minute', async () => {
    const { page } = await openStudio(TYPE + calls('gpt-4', 100))
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '100' })
    server.text = TYPE + calls('gpt-4', 130)
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '130' })
    await page.getByLabel('15 min', { exact: true }).check()
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '30' })
    const opened = await waitUntil(
      async () => (await page.evaluate(() => location.hash)) || undefined,
      1000,
      () => 'the address says the window',
    )
    expect(opened).toBe('#/?window=15m')
  })
})
