import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root, say } from '../../scripts/run.mjs'
import { runProgram } from '../compat/run-program.mjs'

/** Bundles a program of this folder with Quipu's sources, without the clients; returns its path. */
export async function bundled(name, into = join(root, 'node_modules', '.cache', 'corpus')) {
  mkdirSync(into, { recursive: true })
  const file = join(into, name.replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [join(root, 'test', 'corpus', name)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@quipu/source'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)",
    },
  })
  return file
}

/** Returns a folder with installed packages, which is kept until one of their versions changes. */
export async function installed(packages) {
  const key = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12)
  const place = join(process.env.QUIPU_CORPUS ?? join(homedir(), '.cache', 'quipu', 'corpus'), key)
  if (existsSync(place)) return place
  say(`installing ${Object.keys(packages).length} packages …`)
  const temporary = `${place}.${process.pid}`
  mkdirSync(temporary, { recursive: true })
  writeFileSync(
    join(temporary, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: packages }),
  )
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--legacy-peer-deps']
  const { code, output } = await runProgram('npm', ['install', ...flags], { cwd: temporary, timeoutMs: 600_000 })
  if (code !== 0) {
    rmSync(temporary, { recursive: true, force: true })
    throw new Error(`npm install failed.\n${output}`)
  }
  renameSync(temporary, place)
  return place
}
