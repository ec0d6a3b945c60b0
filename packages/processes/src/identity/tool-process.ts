import { realpathSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Variables that test runners give the processes in which they run test files. */
const TEST_VARIABLES = ['VITEST', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT']
/** Where programs lie that an application depends on, or that are installed beside it: npm, npx, pnpm, yarn, tsx, nodemon. */
const INSTALLED = /[\\/](node_modules|corepack|\.yarn[\\/]releases|yarn-v[\d.]+)[\\/]/
const PRELOADS = /^(-r|--require|--import)(=|$)/

/** Whether this process runs test files: they are not one application. */
export function isTestRun(): boolean {
  return TEST_VARIABLES.some((name) => (process.env[name] ?? '') !== '')
}

/**
 * Whether this process runs an installed program, such as a package manager or a runner, and loads what it preloads only
 * because NODE_OPTIONS says so. Most of them only start the application.
 */
export function isToolProcess(): boolean {
  if (!isMainThread || process.execArgv.some((option) => PRELOADS.test(option))) return false
  // PM2 runs applications in a program of its own.
  return process.env.pm_id === undefined && INSTALLED.test(mainScript())
}

function mainScript(): string {
  const [, script = ''] = process.argv
  try {
    return realpathSync(script)
  } catch {
    return script
  }
}
