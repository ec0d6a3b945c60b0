import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, groups } from '../../docs/.vitepress/pages.mjs'
import { describeWithServer } from '../servers/index.js'
import { runProgram } from '../servers/run-program.js'
import { createTemporaryDirectory } from '../servers/temporary-directory.js'
import { openPage, startBrowser } from '../studio/browser.js'
import { repositoryPages, root } from './repository-pages.js'

const site = createTemporaryDirectory('site')
afterAll(() => site.remove())

/** The built pages, by their address without `.html`. */
let built: ReadonlyMap<string, string>
beforeAll(async () => {
  const program = join(root, 'node_modules/vitepress/bin/vitepress.js')
  const { code, stdout, stderr } = await runProgram(
    process.execPath,
    [program, 'build', 'docs', '--outDir', site.path],
    {
      cwd: root,
      env: { NO_COLOR: '1' },
    },
  )
  expect(code, `${stdout}${stderr}`).toBe(0)
  const files = readdirSync(site.path, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
  built = new Map(
    files.map((file) => [`/${file.replace(/(?:index)?\.html$/, '')}`, readFileSync(join(site.path, file), 'utf8')]),
  )
}, 180_000)

describe('the site', () => {
  test('has every page of the repository except those of tests, once', () => {
    const listed = groups.flatMap(({ pages }) => pages.map(({ file }) => file))
    const wanted = repositoryPages().filter((file) => !file.startsWith('test/'))
    expect([...listed].sort()).toEqual(wanted)
    const addresses = listed.map((file) => `/${addressOf(file)?.replace(/(?:index)?\.md$/, '')}`)
    expect([...built.keys()].sort()).toEqual([...addresses, '/404'].sort())
  })

  test('links to existing pages and headings', () => {
    const links = [...built].flatMap(([page, html]) =>
      [...html.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => ({
        page,
        to: new URL(href, `http://site${page}`),
      })),
    )
    const own = links.filter(({ to }) => to.host === 'site' && extname(to.pathname) === '')
    expect(own.length).toBeGreaterThan(1000)
    const lost = own.filter(({ to }) => {
      const target = built.get(to.pathname)
      const heading = decodeURIComponent(to.hash.slice(1))
      // The target of the theme's "skip to content".
      return target === undefined || (heading !== '' && heading !== 'VPContent' && !target.includes(` id="${heading}"`))
    })
    expect(lost.map(({ page, to }) => `${page}: ${to.pathname}${to.hash}`)).toEqual([])
  })

  test('has each picture with an alternative text', () => {
    const images = [...built.values()].flatMap((html) => [...html.matchAll(/<img [^>]*>/g)].map(([image]) => image))
    expect(images.length).toBeGreaterThan(10)
    for (const image of images) {
      expect(image).toMatch(/ alt="[^"]{10,}"/)
      expect(existsSync(join(site.path, / src="\/([^"]+)"/.exec(image)?.[1] ?? '-')), image).toBe(true)
    }
  })
})

describeWithServer('chromium', 'a page of the site in a browser', () => {
  const types: Readonly<Record<string, string>> = { '.css': 'text/css', '.js': 'text/javascript', '.html': 'text/html' }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://site').pathname)
    const file = built.has(path) ? `${path.replace(/\/$/, '/index')}.html` : path
    if (!existsSync(join(site.path, file))) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    return response.end(readFileSync(join(site.path, file)))
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => server.close())

  test('makes no request to another host, finds a metric, and fits on a phone', async () => {
    const browser = await startBrowser()
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { page, complaints, requests } = await openPage(browser, `${origin}/`)
      await page.getByRole('button', { name: 'Search' }).click()
      await page.getByRole('searchbox').fill('llm_price_unknown_total')
      await page.getByRole('option').first().click()
      await page.waitForURL(/\/metrics#llm_price_unknown_total$/)
      await page.setViewportSize({ width: 360, height: 740 })
      for (const path of ['/', '/metrics', '/clients', '/boards']) {
        await page.goto(origin + path)
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), path).toBeLessThanOrEqual(0)
      }
      expect(complaints).toEqual([])
      expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual([])
    } finally {
      await browser.close()
    }
  }, 60_000)
})
