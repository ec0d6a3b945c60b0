import { ensureBuilt, ensureInstalled, mustRun, requireNode } from './run.mjs'

// Runs the example application under traffic. `npm start -- --once` runs a fixed workload and checks the figures.
requireNode()
ensureInstalled()
ensureBuilt()
// The studio shows the example in a browser; QUIPU_STUDIO=0 leaves it out.
process.env.QUIPU_STUDIO ??= '1'
mustRun(process.execPath, ['examples/securetrack/dist/main.js', ...process.argv.slice(2)])
