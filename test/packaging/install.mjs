import { execFile } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Creates an application outside the repository: a temporary folder in which npm has installed tarballs and their
 * dependencies. It cannot resolve packages from the repository's `node_modules`.
 *
 * @param {object} options
 * @param {readonly { name: string, tarball: string }[]} options.packed the result of `packPackages()`
 * @param {{ readonly [name: string]: string }} [options.dependencies] other dependencies of the application
 * @param {{ readonly [name: string]: string }} [options.overrides] versions that npm must use
 * @returns {Promise<{ folder: string, remove: () => void }>}
 */
export async function installPacked({ packed, dependencies = {}, overrides }) {
  // The real path, because programs compare the paths of modules with it.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quipu-app-')))
  const ours = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
  const manifest = { name: 'app', private: true, type: 'module', dependencies: { ...dependencies, ...ours }, overrides }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const options = ['--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline', '--loglevel=error']
    await run('npm', ['install', ...options], { cwd: folder, maxBuffer: 1 << 26, shell: process.platform === 'win32' })
  } catch (error) {
    remove()
    throw new Error(`npm install failed.\n${error.stderr ?? error}`)
  }
  return { folder, remove }
}
