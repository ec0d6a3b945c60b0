import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../packaging/pack.mjs'
import { frameworksPage, readResults } from './frameworks-page.mjs'
import { applications } from './npm-applications.mjs'

test('the page of frameworks shows the results of the last run (npm run test:matrix -- --page writes it)', () => {
  expect(readFileSync(join(root, 'docs', 'frameworks.md'), 'utf8')).toBe(frameworksPage(readResults()))
})

test('the page shows every application that the matrix runs, and no other', () => {
  const results: Record<string, object> = readResults()
  expect(Object.keys(results.applications ?? {}).sort()).toEqual(applications.map(({ name }) => name).sort())
})
