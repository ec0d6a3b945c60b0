import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyRepository, type RepositoryCopy } from './repository-copy.js'

// Follows CONTRIBUTING's "add a metric" in a copy of the repository: no other file has to change.

let copy: RepositoryCopy
beforeAll(() => {
  copy = copyRepository()
}, 60_000)
afterAll(() => copy.remove())

test('a new metric needs an entry, a recording call and a test; the rest is generated', async () => {
  copy.edit('packages/catalog/src/vocabularies/llm.ts', (text) =>
    text.replace(
      /(export const \w+ = \{\n)/,
      "$1  llm_drafts_total: {\n    ...common,\n    kind: 'counter',\n    help: 'Drafts that a model wrote',\n    unit: '{draft}',\n    labels: { outcome: ['kept', 'thrown'] },\n    source: 'CONTRIBUTING',\n  },\n",
    ),
  )
  copy.write(
    'packages/core/src/drafts.test.ts',
    `import { expect, it } from 'vitest'
import { createRecorder } from './create-recorder.js'

it('drafts are counted by outcome', () => {
  const recorder = createRecorder()
  recorder.metrics.llm_drafts_total.add(2, { outcome: 'kept' })
  const reading = recorder.readings().find(({ name }) => name === 'llm_drafts_total')
  expect(reading?.cells().map(({ data, at }) => data[at])).toContain(2)
})
`,
  )
  const printed = await copy.runTests(
    'packages/core/src/drafts.test.ts',
    'packages/catalog/src',
    'packages/dashboards/src',
    'packages/core/src/create-recorder.test.ts',
  )
  expect(printed).toMatch(/\d+ passed/)
  copy.write(
    'packages/dashboards/src/generated.test.ts',
    `import { builtinCatalog } from '@quipu/catalog'
import { metricsDoc } from '@quipu/dashboards'
import { expect, it } from 'vitest'
it('is generated', () => {
  expect(metricsDoc(builtinCatalog)).toContain('### llm_drafts_total')
})
`,
  )
  await copy.runTests('packages/dashboards/src/generated.test.ts')
}, 120_000)
