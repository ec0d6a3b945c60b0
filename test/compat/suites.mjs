import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../packaging/pack.mjs'
import { allOtel3, otel3 } from './apps.mjs'
import { runProgram } from './run-program.mjs'

/** The packages whose tests run. */
const tested = ['store', 'core', 'prometheus', 'activity-log', 'sdk']

/**
 * Creates a workspace with the packages' sources and OpenTelemetry of line 3 only.
 * @returns {Promise<{ folder: string, remove: () => void }>}
 */
export async function createSourceWorkspace() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quipu-suites-')))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  for (const name of withDependencies([...tested, 'testing'])) {
    const from = join(root, 'packages', name)
    const isSource = (path) => !/\/(node_modules|dist|\.turbo)$/.test(path)
    cpSync(from, join(folder, 'packages', name), { recursive: true, filter: isSource })
  }
  for (const file of ['tsconfig.base.json', 'vitest.config.ts', 'scripts']) {
    cpSync(join(root, file), join(folder, file), { recursive: true })
  }
  cpSync(join(root, 'examples', 'model-server'), join(folder, 'examples', 'model-server'), {
    recursive: true,
    filter: (path) => !/\/(node_modules|dist)$/.test(path),
  })
  const { devDependencies, packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const tools = ['@types/node', 'esbuild', 'fast-check', 'reflect-metadata', 'typescript', 'vite', 'vitest']
  const manifest = {
    name: 'quipu-with-otel-3',
    private: true,
    type: 'module',
    packageManager,
    workspaces: ['packages/*', 'examples/*'],
    devDependencies: { ...Object.fromEntries(tools.map((tool) => [tool, devDependencies[tool]])), ...otel3 },
    overrides: { vite: devDependencies.vite, ...allOtel3 },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  const flags = [
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--prefer-offline',
    '--ignore-scripts',
    // Clients of the packages' tests name line 2 as an optional peer.
    '--legacy-peer-deps',
    '--loglevel=error',
  ]
  const { code, output } = await runProgram('npm', ['install', ...flags], { cwd: folder })
  if (code !== 0) {
    remove()
    throw new Error(`npm install failed.\n${output}`)
  }
  return { folder, remove }
}

/** Returns packages with those of this repository that they depend on. */
function withDependencies(names) {
  const all = new Set(names)
  for (const name of all) {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
    for (const needed of Object.keys(dependencies)) if (needed.startsWith('@quipu/')) all.add(needed.slice(7))
  }
  return all
}

/** Runs one package's tests on a version of Node; the output names failures. */
export async function runSuite(node, folder, name) {
  const results = join(folder, `${name}.json`)
  rmSync(results, { force: true })
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', `packages/${name}/`, '--reporter=json', `--outputFile=${results}`, '--maxWorkers=1']
  const { code, output } = await runProgram(node, args, { cwd: folder, timeoutMs: 1_200_000 })
  if (!existsSync(results)) return { passed: 0, failed: 1, output }
  const report = JSON.parse(readFileSync(results, 'utf8'))
  const failures = report.testResults.flatMap(({ name: file, status, message, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed')
    // A file that does not load, or whose hook fails, contains no failed test.
    if (status === 'failed' && failed.length === 0) return [`${file}: ${message.slice(0, 2000)}`]
    return failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join('\n').slice(0, 600)}`)
  })
  const failed = failures.length > 0 || code === 0 ? failures.length : 1
  return {
    passed: report.numPassedTests,
    failed,
    skipped: report.numPendingTests + report.numTodoTests,
    output: failures.length > 0 ? failures.map((failure) => `failed: ${failure}`).join('\n') : code === 0 ? '' : output,
  }
}

export { tested as testedPackages }
