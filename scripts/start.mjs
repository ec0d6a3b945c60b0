import { ensureBuilt, ensureInstalled, mustRun, requireNode } from './run.mjs'

// The main job: the example application under traffic. `npm start -- --once` runs a fixed workload and checks the figures.
requireNode()
ensureInstalled()
ensureBuilt()
mustRun(process.execPath, ['examples/securetrack/dist/main.js', ...process.argv.slice(2)])
