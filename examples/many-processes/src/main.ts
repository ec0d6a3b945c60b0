import cluster from 'node:cluster'
import { runPrimary } from './primary.js'
import { readSettings } from './settings.js'
import { runWorker } from './worker.js'

if (cluster.isPrimary) process.exit(await runPrimary(readSettings()))
runWorker()
