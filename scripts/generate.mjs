import { ensureBuilt, ensureInstalled, mustRun, requireNode } from './run.mjs'

// The pages that are made from the catalogue and the error table. `--check` only says whether they would change.
requireNode()
ensureInstalled()
ensureBuilt()
mustRun(process.execPath, ['docs/generate.mjs', ...process.argv.slice(2)])
