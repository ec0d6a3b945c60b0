import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root, run, say } from './run.mjs'
import { describeSkipped } from './skipped-suites.mjs'
import { typeTestProjects } from './type-tests.mjs'

// Runs everything: type tests, then vitest over packages, examples and test/. The last line is `N passed, N failed`.
requireNode()
ensureInstalled()
ensureBuilt()

let failed = 0
let passed = 0
for (const project of typeTestProjects()) {
  say(`type tests of ${project}`)
  if (run('npx', ['--no-install', 'tsc', '--noEmit', '-p', project]) === 0) passed++
  else failed++
}

const results = join(root, '.cache', 'test-results.json')
mkdirSync(join(root, '.cache'), { recursive: true })
say('tests')
const code = run('npx', [
  '--no-install',
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
  ...process.argv.slice(2),
])
const report = JSON.parse(readFileSync(results, 'utf8'))
passed += report.numPassedTests
failed += report.numFailedTests
// A file that does not load contains no failed test, but is a failure.
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length
failed += broken
if (code !== 0 && failed === 0) failed = 1
const skipped = report.numPendingTests + report.numTodoTests
for (const line of describeSkipped(report)) process.stdout.write(`${line}\n`)
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
process.exitCode = failed === 0 ? 0 : 1
