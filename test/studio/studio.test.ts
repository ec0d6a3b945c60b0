import { createRecorder } from '@quipu/core'
import { type Quipu, start } from '@quipu/sdk'
import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../servers/index.js'
import { openPage, startBrowser } from './browser.js'
import { waitForRow } from './figures-table.js'

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

  test('shows the changing numbers of a live application, and makes no other request', async () => {
    const quipu = await startApplication()
    const { urls } = await quipu.ready
    const call = (model: string) =>
      quipu.recorder.withLlmCall({ model, endpoint: 'chat' }, async (call) =>
        call.usage({ inputTokens: 120, outputTokens: 30 }),
      )
    await call('gpt-4')
    const { page, complaints, requests } = await openPage(browser, urls.studio ?? '')
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '1', 'Tokens in': '120', 'Tokens out': '30' })
    for (let i = 0; i < 4; i++) await call('gpt-4')
    await call('claude-sonnet-4')
    await waitForRow(page, 'Models', 'gpt-4', { Calls: '5', 'Tokens in': '600', 'Tokens out': '150' })
    await waitForRow(page, 'Models', 'claude-sonnet-4', { Calls: '1' })
    await page.getByText('llm_call').first().waitFor()
    expect(complaints).toEqual([])
    expect(requests.filter((url) => new URL(url).origin !== new URL(urls.custom).origin)).toEqual([])
  })

  test('asks for the token as a password, and then shows the numbers', async () => {
    const quipu = await startApplication({ auth: { bearer: 'knots-and-cords' } })
    const { urls } = await quipu.ready
    quipu.recorder.trackUserAction('export_report')
    expect((await fetch(urls.studio ?? '')).status).toBe(401)
    const { page } = await openPage(browser, urls.studio ?? '', {
      httpCredentials: { username: 'anyone', password: 'knots-and-cords' },
    })
    await waitForRow(page, 'User actions', 'export_report', { Uses: '1' })
  })

  test('is not served by default', async () => {
    const quipu = await startApplication({ studio: false })
    const { urls } = await quipu.ready
    expect(urls.studio).toBeUndefined()
    expect((await fetch(urls.custom.replace('custom_metrics', 'quipu'))).status).toBe(404)
  })

  test('can be used by keyboard alone', async () => {
    const quipu = await startApplication()
    quipu.recorder.trackUserAction('export_report')
    const { page } = await openPage(browser, (await quipu.ready).urls.studio ?? '')
    await page.getByRole('heading', { name: 'User actions' }).waitFor()
    await page.keyboard.press('2')
    // Waits until the field is visible, as a person does.
    await page.getByRole('searchbox').waitFor()
    await page.keyboard.press('/')
    await page.locator('input:focus').waitFor()
    await page.keyboard.type('user_action')
    await page.getByText(/^\d of \d+$/).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'user_action_total' }).waitFor()
    await page.keyboard.press('4')
    await page.getByRole('heading', { name: 'Found in the application' }).waitFor()
    await page.keyboard.press('p')
    await page.getByText(/^Paused at/).waitFor()
  })

  test('the colours are those of the system until the reader chooses', async () => {
    const quipu = await startApplication()
    const { page } = await openPage(browser, `${(await quipu.ready).urls.studio}`, { colorScheme: 'dark' })
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    await page.getByRole('button', { name: 'Light colours' }).waitFor()
    const dark = await background()
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('button', { name: 'Dark colours' }).click()
    await page.getByRole('button', { name: 'Light colours' }).waitFor()
    expect(await background()).toBe(dark)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.getByRole('button', { name: 'Light colours' }).click()
    await page.getByRole('button', { name: 'Dark colours' }).waitFor()
    expect(await background()).not.toBe(dark)
  })

  test('a metric names the panel that shows it in Grafana', async () => {
    const quipu = await startApplication()
    quipu.recorder.trackUserAction('export_report')
    const { page } = await openPage(browser, `${(await quipu.ready).urls.studio}#/metrics/user_action`)
    await page.getByText(/^\/d\/quipu-users\?viewPanel=panel-\d+$/).waitFor()
  })

  test.each([
    ['light', 1280, ''],
    ['dark', 1280, ''],
    ['light', 360, ''],
    ['dark', 1280, '#/metrics/user_action_duration_seconds'],
    ['light', 1280, '#/lines'],
    ['light', 1280, '#/health'],
  ] as const)('axe finds nothing to complain of: %s, %i pixels wide, %s', async (colorScheme, width, hash) => {
    const quipu = await startApplication()
    const { recorder } = quipu
    await recorder.withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, async () => 'answer')
    await recorder.withUserAction('document_upload', async () => 'done')
    recorder.observeRequest({ endpoint: '/users/:id', method: 'GET', statusCode: 500, durationMs: 12 })
    recorder.trackUserAction('line')
    const { page } = await openPage(browser, `${(await quipu.ready).urls.studio}${hash}`, {
      colorScheme,
      viewport: { width, height: 800 },
      bypassCSP: true,
    })
    await page.locator('.panel, .family').first().waitFor()
    await page.evaluate(axe.source)
    const violations = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run()
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  })
})
