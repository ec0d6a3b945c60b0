import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyRepository, type RepositoryCopy } from './repository-copy.js'

// Follows CONTRIBUTING's "add a helper" in a copy of the repository: no other file has to change.

let copy: RepositoryCopy
beforeAll(() => {
  copy = copyRepository()
}, 60_000)
afterAll(() => copy.remove())

test('a new helper needs a method, a function and a row; both packages export it, and its row is tested', async () => {
  copy.edit('packages/core/src/observe/create-helpers.ts', (text) =>
    text.replace(
      /( +)(trackUserLogin: .*\n)/,
      "$1$2$1trackSearch: (scope: string): void => write('user_action_total', 1, { action_type: scope }),\n",
    ),
  )
  copy.edit(
    'packages/core/src/helpers.ts',
    (text) => `${text}
/** Counts a search. */
export const trackSearch: RecorderHelpers['trackSearch'] = (scope) => defaultRecorder().trackSearch(scope)
`,
  )
  copy.edit('packages/core/fixtures/helper-calls.ts', (text) =>
    text.replace(
      /( +)(trackUserLogin: .*\n)/,
      "$1$2$1trackSearch: { given: ['orders'], records: { 'user_action_total{action_type=\"orders\"}': 1 } },\n",
    ),
  )
  copy.write(
    'packages/sdk/src/search.test.ts',
    `import { defaultRecorder, trackSearch } from '@quipu/sdk'
import { expect, it } from 'vitest'
it('is exported', () => {
  trackSearch('orders')
  expect(defaultRecorder().trackSearch).toBeTypeOf('function')
})
`,
  )
  const core = ['helpers', 'hostile', 'privacy'].map((suite) => `packages/core/src/${suite}.test.ts`)
  expect(await copy.runTests(...core, 'packages/sdk/src/search.test.ts')).toMatch(/\d+ passed/)
}, 120_000)
