import { ensureBuilt, ensureInstalled, mustRun, requireNode } from './run.mjs'

// Generates the pages of the catalogue, the options and the error table. `--check` only reports whether they would change.
requireNode()
ensureInstalled()
ensureBuilt()
mustRun(process.execPath, ['docs/generate.mjs', ...process.argv.slice(2)])
