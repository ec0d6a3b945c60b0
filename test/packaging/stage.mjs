import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The files of a package that are needed to build and pack it. */
const inputs = ['src', 'bin', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE']

/**
 * Copies the sources of packages to an empty folder, so that the tarballs contain no old `dist` and a concurrent build has
 * no effect.
 * @param {string} root the repository
 * @param {string} stage an empty folder inside it, so that third-party packages are found
 * @param {readonly { folder: string, name: string }[]} packages
 */
export function stageSources(root, stage, packages) {
  mkdirSync(join(stage, 'node_modules', '@quipu'), { recursive: true })
  cpSync(join(root, 'tsconfig.base.json'), join(stage, 'tsconfig.base.json'))
  for (const { folder, name } of packages) {
    const from = join(root, 'packages', folder)
    const to = join(stage, 'packages', folder)
    mkdirSync(to, { recursive: true })
    for (const input of inputs) {
      if (existsSync(join(from, input))) cpSync(join(from, input), join(to, input), { recursive: true })
    }
    if (existsSync(join(from, 'node_modules'))) symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'), 'dir')
    symlinkSync(to, join(stage, 'node_modules', ...name.split('/')), 'dir')
  }
}

/** Builds the staged packages; rejects with the compiler's output. */
export async function buildStaged(root, stage, packages) {
  const build = join(root, 'scripts', 'build.mjs')
  const projects = packages.map(({ folder }) => join('packages', folder))
  try {
    await run(process.execPath, [build, ...projects], { cwd: stage, maxBuffer: 1 << 26 })
  } catch (error) {
    throw new Error(`The packages do not build.\n${error.stdout ?? error}`)
  }
}

/** Packs the built packages into tarballs in `destination`. */
export async function packStaged(stage, destination, packages) {
  const folders = packages.map(({ folder }) => `./packages/${folder}`)
  await run('npm', ['pack', ...folders, '--silent', '--ignore-scripts', '--pack-destination', destination], {
    cwd: stage,
    maxBuffer: 1 << 26,
    shell: process.platform === 'win32',
  })
}
