import { realpathSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Variables that test runners set in the processes that run test files. */
const TEST_VARIABLES = ['VITEST', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT']
/** Folders of installed programs: dependencies, and npm, npx, pnpm, yarn, tsx, nodemon. */
const INSTALLED = /[\\/](node_modules|corepack|\.yarn[\\/]releases|yarn-v[\d.]+)[\\/]/
const PRELOADS = /^(-r|--require|--import)(=|$)/

/** Returns whether this process runs test files, which are not one application. */
export function isTestRun(): boolean {
  return TEST_VARIABLES.some((name) => (process.env[name] ?? '') !== '')
}

/**
 * Returns whether this process runs an installed program, such as a package manager or a runner, which loads Quipu only
 * because of NODE_OPTIONS. Most of them only start the application.
 */
export function isToolProcess(): boolean {
  if (!isMainThread || process.execArgv.some((option) => PRELOADS.test(option))) return false
  // PM2 runs applications in its own program.
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
