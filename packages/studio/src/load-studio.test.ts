import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { loadStudio } from './load-studio.js'

const hashOf = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

test('the document has at most 60 kB, gzipped', async () => {
  const { body } = await loadStudio()
  expect(gzipSync(body, { level: 9 }).length).toBeLessThanOrEqual(60_000)
})

test('its policy allows only its own style and script', async () => {
  const { body, headers } = await loadStudio()
  const policy = headers['content-security-policy'] ?? ''
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(body) ?? []
  const [, script] = /<script type="module">([\s\S]*?)<\/script>/.exec(body) ?? []
  expect(script?.length).toBeGreaterThan(10_000)
  expect(policy).toContain(`script-src ${hashOf(script)};`)
  expect(policy).toContain(`style-src ${hashOf(style)};`)
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(policy).not.toMatch(/https?:|\*/)
})

test('its sources write no markup and store nothing in the browser', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  expect(sources.length).toBeGreaterThan(30)
  const forbidden =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|localStorage|sessionStorage|indexedDB/i
  expect(sources.filter((path) => forbidden.test(readFileSync(path, 'utf8')))).toEqual([])
})
