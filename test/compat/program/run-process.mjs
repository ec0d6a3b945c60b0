import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { defaultRecorder } from '@quipu/core'
import { equal, ok } from './checks.mjs'
import { conformance } from './conformance.mjs'

// Node, Bun and Deno: prints failures and `N checks passed`; exits with 1 unless all checks passed.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quipu-compat-'))
const stray = []
process.on('unhandledRejection', (error) => stray.push(error))
process.on('warning', ({ name, message }) => stray.push(new Error(`${name}: ${message}`)))

const [metrics, logs] = await Promise.all([import('@opentelemetry/sdk-metrics'), import('@opentelemetry/sdk-logs')])
const { report, failed } = await conformance({
  asyncContext: true,
  otel: { metrics, logs },
  system: { fs, folder },
  async more({ check }) {
    await check('CommonJS has the same as ES modules, and the same recorder', async () => {
      const require = createRequire(import.meta.url)
      for (const name of [
        '@quipu/core',
        '@quipu/store',
        '@quipu/prometheus',
        '@quipu/activity-log',
        '@quipu/catalog/builtin',
      ]) {
        const imported = await import(name)
        const required = require(name)
        equal(
          Object.keys(imported).filter((key) => !(key in required)),
          [],
          `what ${name} has for import only`,
        )
      }
      ok(require('@quipu/core').defaultRecorder() === defaultRecorder(), 'they share the default recorder')
    })
    await check('nothing was rejected behind our back, and no warning given', async () => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      if (stray.length > 0) throw stray[0]
    })
  },
})
fs.rmSync(folder, { recursive: true, force: true })
process.stdout.write(report)
process.exitCode = failed === 0 ? 0 : 1
