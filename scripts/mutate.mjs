import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireNode, root, run, say } from './run.mjs'

// Mutation tests: `npm run mutate [folder…] [-- --concurrency=1]`, such as `store/labels`. Stryker changes one expression at a
// time and runs the package's own tests; a change that no test notices survives. The scores go into docs/mutation.md. All
// folders take hours on two cores: a nightly command.
requireNode()

/** The folders whose mistakes reach a user unnoticed: storing, cleaning, writing and reading back. */
const rooms = {
  'store/labels': ['src/labels/*.ts'],
  'store/series': ['src/series/*.ts'],
  'store/instruments': ['src/instruments/*.ts'],
  'store/privacy': ['src/privacy/*.ts'],
  'core/follow': ['src/observe/follow.ts', 'src/observe/follow-*.ts'],
  'activity-log/lines': ['src/format.ts', 'src/parse.ts', 'src/canonical.ts', 'src/json.ts'],
  'prometheus/writing': ['src/writing/*.ts'],
  'prometheus/families': ['src/families/*.ts'],
  'prometheus/serving': ['src/serving/negotiate.ts', 'src/serving/authorizer.ts'],
}
const SURVIVORS = '## What is not noticed'
const today = new Date().toISOString().slice(0, 10)
const page = join(root, 'docs', 'mutation.md')
mkdirSync(join(root, '.cache'), { recursive: true })

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const concurrency = Number(process.argv.find((argument) => argument.startsWith('--concurrency='))?.split('=')[1] ?? 2)
for (const room of named.length > 0 ? named : Object.keys(rooms)) {
  say(`mutating ${room}`)
  const [name] = room.split('/')
  const folder = `packages/${name}`
  const file = room.replace('/', '-')
  const configuration = join(root, '.cache', `stryker-${file}.json`)
  const report = `.cache/mutation-${file}.json`
  writeFileSync(
    configuration,
    JSON.stringify({
      testRunner: 'vitest',
      // TypeScript 7 has no API with which Stryker could rewrite the real tsconfig; vitest reads no tsconfig.
      tsconfigFile: 'no-tsconfig.json',
      vitest: { configFile: 'scripts/vitest-mutate.config.mjs' },
      mutate: [
        ...rooms[room].map((glob) => `${folder}/${glob}`),
        `!${folder}/src/**/*.test.ts`,
        `!${folder}/src/**/*.test-d.ts`,
      ],
      ignorePatterns: ['.cache', '**/dist', '.turbo'],
      reporters: ['json', 'clear-text', 'progress'],
      jsonReporter: { fileName: report },
      tempDirName: `.cache/stryker-${file}`,
      coverageAnalysis: 'perTest',
      concurrency,
      timeoutMS: 20_000,
    }),
  )
  const env = { QUIPU_MUTATED_PACKAGE: name }
  if (run('npx', ['--no-install', 'stryker', 'run', configuration], { env }) !== 0) process.exitCode = 1
  else writeFileSync(page, rendered(JSON.parse(readFileSync(join(root, report), 'utf8')).files))
}

/** The page with the scores of these files. The scores of other files, as long as these exist, and the notes stay. */
function rendered(files) {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const rows = new Map(
    [...before.matchAll(/^\| (packages\/\S+) \|.*$/gm)]
      .filter(([, path]) => existsSync(join(root, path)))
      .map(([line, path]) => [path, line]),
  )
  for (const [path, { mutants }] of Object.entries(files)) rows.set(path, row(path, mutants))
  const [, notes = '\n'] = before.split(SURVIVORS)
  return [
    '# Mutation tests',
    '',
    '`npm run mutate [folder…]` writes this table. Stryker changes one expression at a time and runs the tests of the',
    'package; the score is the share of changes that a test notices.',
    '',
    '| file | changes | noticed | score | on |',
    '|---|---|---|---|---|',
    ...[...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line),
    '',
    `${SURVIVORS}${notes}`,
  ].join('\n')
}

function row(path, mutants) {
  const counted = mutants.filter(({ status }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(status))
  const noticed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout').length
  return `| ${path} | ${counted.length} | ${noticed} | ${counted.length === 0 ? '–' : `${Math.round((noticed / counted.length) * 100)} %`} | ${today} |`
}
