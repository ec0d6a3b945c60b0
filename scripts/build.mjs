import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePackage } from './bundle.mjs'

// `node scripts/build.mjs packages/sdk examples/securetrack`: builds these projects and those that they refer to; without a
// name, the project of this folder. tsc writes the types of a package and the bundler its code; elsewhere tsc writes both.
const named = process.argv.slice(2)
const folders = (named.length > 0 ? named : ['.']).map((folder) => resolve(folder))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const { status } = spawnSync(process.execPath, [tsc, '-b', ...folders], { stdio: 'inherit' })
if (status === 0) await Promise.all([...withReferences(folders)].filter(isPackage).map(bundlePackage))
process.exitCode = status ?? 1

function withReferences(folders) {
  const all = new Set(folders)
  for (const folder of all) {
    const { references = [] } = read(join(folder, 'tsconfig.json'))
    for (const { path } of references) all.add(resolve(folder, path))
  }
  return all
}

/** Whether other projects import it, by the entries of its manifest. */
function isPackage(folder) {
  return existsSync(join(folder, 'package.json')) && read(join(folder, 'package.json')).exports !== undefined
}

function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
