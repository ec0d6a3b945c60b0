import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

// CONTRIBUTING's "add a metric", done as it says in a copy of the repository: what it names is all that has to change.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'quipu-copy-'))
const vocabulary = 'packages/catalog/src/vocabularies/llm.ts'

beforeAll(() => {
  const list = execFileSync(
    'git',
    ['ls-files', '-co', '--exclude-standard', 'packages', 'docs', 'dashboards', 'rules', 'scripts'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  const top = ['package.json', 'tsconfig.base.json', 'vitest.config.ts', 'CONTRIBUTING.md']
  for (const file of [...list.split('\n').filter(Boolean), ...top]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  linkModules(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const name of readdirSync(join(root, 'packages'))) {
    const own = join(root, 'packages', name, 'node_modules')
    try {
      linkModules(own, join(copy, 'packages', name, 'node_modules'))
    } catch {
      // It has none.
    }
  }
}, 60_000)
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** Links what is installed; our own packages to those of the copy. */
function linkModules(from: string, to: string): void {
  const names = readdirSync(from).filter((name) => name !== '@quipu' && name !== 'quipu' && name !== '.cache')
  mkdirSync(to, { recursive: true })
  for (const name of names) symlinkSync(join(from, name), join(to, name))
  if (!from.startsWith(join(root, 'node_modules'))) return
  mkdirSync(join(to, '@quipu'))
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(to, '@quipu', name))
  }
}

function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(join(copy, file), 'utf8')
  const after = change(before)
  expect(after, `${file} has changed its form`).not.toBe(before)
  writeFileSync(join(copy, file), after)
}

test('a new metric needs an entry, a recording call and a test; the rest is generated', async () => {
  expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain('## Add a metric: three places')
  edit(vocabulary, (text) =>
    text.replace(
      /(export const \w+ = \{\n)/,
      "$1  llm_drafts_total: {\n    ...common,\n    kind: 'counter',\n    help: 'Drafts that a model wrote',\n    unit: '{draft}',\n    labels: { outcome: ['kept', 'thrown'] },\n    source: 'CONTRIBUTING',\n  },\n",
    ),
  )
  writeFileSync(
    join(copy, 'packages/core/src/drafts.test.ts'),
    `import { expect, it } from 'vitest'
import { createRecorder } from './create-recorder.js'

it('drafts are counted by what became of them', () => {
  const recorder = createRecorder()
  recorder.metrics.llm_drafts_total.add(2, { outcome: 'kept' })
  const reading = recorder.readings().find(({ name }) => name === 'llm_drafts_total')
  expect(reading?.cells()).toHaveLength(1)
})
`,
  )
  const bin = join(root, 'node_modules', '.bin')
  const suites = [
    'packages/core/src/drafts.test.ts',
    'packages/catalog/src',
    'packages/dashboards/src',
    'packages/core/src/create-recorder.test.ts',
  ]
  const { stdout } = await run(join(bin, 'vitest'), ['run', ...suites, '--maxWorkers=1', '--reporter=dot'], {
    cwd: copy,
    maxBuffer: 1 << 26,
  })
  expect(stdout).toMatch(/\d+ passed/)
  const script = `
    import { builtinCatalog } from '@quipu/catalog'
    import { metricsDoc } from '@quipu/dashboards'
    import { expect, it } from 'vitest'
    it('is generated', () => {
      expect(metricsDoc(builtinCatalog)).toContain('### llm_drafts_total')
    })`
  writeFileSync(join(copy, 'packages/dashboards/src/generated.test.ts'), script)
  await run(join(bin, 'vitest'), ['run', 'packages/dashboards/src/generated.test.ts', '--reporter=dot'], { cwd: copy })
}, 120_000)
