import { expect, it } from 'vitest'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage } from '../families/catalog-page.js'
import { defaultFormat } from '../writing/format.js'
import { createPage } from '../writing/page.js'
import { createPageRenderer } from './page-renderer.js'

const series = Array.from({ length: 1000 }, (_, i) => ({ values: [`value-${i}`], data: [i] }))
const reading = fakeReading('g', { kind: 'gauge', help: 'h', labels: { x: 'name' } }, series)
const request = { format: defaultFormat, names: [], coding: 'gzip', timeoutMs: 1000 } as const

it('concurrent scrapes share one rendering and one compression', async () => {
  const renderer = createPageRenderer(createPage(catalogPage(fakeRecorder(reading))), undefined)
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => renderer.render(request)))
  expect(first?.coding).toBe('gzip')
  expect(others.every(({ pieces }) => pieces === first?.pieces)).toBe(true)
})

it('scrapes with different names get different pages', async () => {
  const other = fakeReading('other', { kind: 'gauge', help: 'h' }, [{ data: [1] }])
  const renderer = createPageRenderer(createPage(catalogPage(fakeRecorder(reading, other))), undefined)
  const [all, one] = await Promise.all([renderer.render(request), renderer.render({ ...request, names: ['other'] })])
  expect(one?.coding).toBe('identity')
  expect(Buffer.concat(one?.pieces ?? []).toString()).toBe('# HELP other h\n# TYPE other gauge\nother 1\n')
  expect(all?.coding).toBe('gzip')
})
