import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireNode, root, run, say } from './run.mjs'

// Mutation tests: `npm run mutate [package…]`. Stryker changes one expression at a time and runs the package's own tests;
// a change that no test notices survives. The scores go into docs/mutation.md. Hours on two cores: a nightly command.
requireNode()

/** The rooms whose mistakes reach a user unseen: what is stored, cleaned, written and read back. */
const rooms = {
  store: ['src/instruments/*.ts', 'src/labels/*.ts', 'src/series/*.ts', 'src/privacy/*.ts'],
  core: ['src/observe/follow.ts'],
  'activity-log': ['src/format.ts', 'src/parse.ts', 'src/canonical.ts', 'src/json.ts'],
  prometheus: ['src/writing/*.ts', 'src/families/*.ts', 'src/serving/negotiate.ts', 'src/serving/authorize.ts'],
}

const named = process.argv.slice(2)
for (const name of named.length > 0 ? named : Object.keys(rooms)) {
  say(`mutating ${name}`)
  const folder = `packages/${name}`
  const configuration = join(root, '.cache', `stryker-${name}.json`)
  writeFileSync(
    configuration,
    JSON.stringify({
      testRunner: 'vitest',
      // TypeScript 7 has no API for Stryker to rewrite the real one with; vitest reads none.
      tsconfigFile: 'no-tsconfig.json',
      vitest: { configFile: 'vitest.config.ts' },
      mutate: [
        ...rooms[name].map((glob) => `${folder}/${glob}`),
        `!${folder}/src/**/*.test.ts`,
        `!${folder}/src/**/*.test-d.ts`,
      ],
      ignorePatterns: ['.cache', '**/dist', '.turbo'],
      reporters: ['json', 'clear-text', 'progress'],
      jsonReporter: { fileName: `.cache/mutation-${name}.json` },
      tempDirName: '.cache/stryker',
      coverageAnalysis: 'perTest',
      concurrency: 2,
      timeoutMS: 20_000,
    }),
  )
  if (run('npx', ['--no-install', 'stryker', 'run', configuration]) !== 0) process.exitCode = 1
}
writeFileSync(join(root, 'docs', 'mutation.md'), page())

/** The page, from the reports that there are. */
function page() {
  const reports = readdirSync(join(root, '.cache')).filter((file) => /^mutation-.+\.json$/.test(file))
  const rows = reports.sort().flatMap((file) => {
    const { files } = JSON.parse(readFileSync(join(root, '.cache', file), 'utf8'))
    return Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { mutants }]) => row(path, mutants))
  })
  return [
    '# Mutation tests',
    '',
    '`npm run mutate [package…]` writes this page. Stryker changes one expression at a time and runs the tests of the',
    'package; the score is the share of changes that a test notices.',
    '',
    '| file | changes | noticed | score |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function row(path, mutants) {
  const counted = mutants.filter(({ status }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(status))
  const noticed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout').length
  return `| ${path} | ${counted.length} | ${noticed} | ${counted.length === 0 ? '–' : `${Math.round((noticed / counted.length) * 100)} %`} |`
}
