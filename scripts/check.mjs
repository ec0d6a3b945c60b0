import { ensureInstalled, requireNode, run, say } from './run.mjs'
import { typeTestProjects } from './type-tests.mjs'

// Format, lint, types, unused code, direction and sizes, in under a minute.
requireNode()
ensureInstalled()
const npx = (...args) => ['npx', ['--no-install', ...args]]
const structure = ['test/conformance/direction.test.ts', 'test/conformance/sizes.test.ts']
const checks = [
  ['format and lint', ...npx('biome', 'check', '.')],
  ['types', ...npx('tsc', '-b')],
  ...typeTestProjects().map((project) => [`types of ${project}`, ...npx('tsc', '--noEmit', '-p', project)]),
  ['unused code', ...npx('knip', '--no-progress')],
  ['direction and sizes', ...npx('vitest', 'run', ...structure, '--reporter=dot')],
]
const failures = []
for (const [name, command, args] of checks) {
  say(name)
  if (run(command, args) !== 0) failures.push(name)
}
if (failures.length > 0) process.stderr.write(`failed: ${failures.join(', ')}\n`)
process.exitCode = failures.length === 0 ? 0 : 1
