import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { buildStaged, packStaged, stageSources } from './stage.mjs'

/** The repository's top folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const cache = join(root, '.cache', 'packed')
const KEPT = 3

/**
 * @typedef {object} Packed
 * @property {string} name `@quipu/core`
 * @property {string} folder its folder in `packages/`
 * @property {string} tarball the absolute path of the file that `npm publish` would send
 */

/**
 * Packs packages of the workspace as npm would publish them, built from the sources alone. Equal sources are packed once,
 * also for concurrent and later calls.
 *
 * @param {readonly string[]} [names] packages, to which their dependencies in the workspace are added; default all published
 * @returns {Promise<readonly Packed[]>}
 * @example
 * const tarballs = (await packPackages(['@quipu/core'])).map(({ tarball }) => tarball)
 */
export async function packPackages(names) {
  const all = publicPackages()
  const packages = names === undefined ? all : withDependencies(all, names)
  const target = join(cache, hashOf(packages))
  await makeOnce(target, async (folder) => {
    const stage = join(folder, 'stage')
    stageSources(root, stage, packages)
    await buildStaged(root, stage, packages)
    await packStaged(stage, folder, packages)
    rmSync(stage, { recursive: true, force: true })
  })
  return packages.map(({ name, folder, version }) => ({
    name,
    folder,
    // As `npm pack` names it: @quipu/core 0.1.0 → quipu-core-0.1.0.tgz
    tarball: join(target, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
  }))
}

/**
 * Returns the published packages: every package of `packages/` that is not private, with its manifest.
 * @returns {readonly ({ folder: string, name: string, version: string } & Record<string, unknown>)[]}
 */
export function publicPackages() {
  const folders = readdirSync(join(root, 'packages'))
  return folders
    .map((folder) => ({ folder, path: join(root, 'packages', folder, 'package.json') }))
    .filter(({ path }) => existsSync(path))
    .map(({ folder, path }) => ({ folder, ...JSON.parse(readFileSync(path, 'utf8')) }))
    .filter((manifest) => manifest.private !== true)
}

function withDependencies(all, names) {
  const wanted = new Set(names)
  for (const name of wanted) {
    const manifest = all.find((each) => each.name === name)
    if (manifest === undefined) throw new Error(`There is no package ${name} to pack.`)
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (all.some((each) => each.name === dependency)) wanted.add(dependency)
    }
  }
  return all.filter(({ name }) => wanted.has(name))
}

function* filesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', '.turbo'].includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesOf(path)
    else if (entry.isFile()) yield path
  }
}

function hashOf(packages) {
  const hash = createHash('sha256')
  const inputs = [
    join(root, 'tsconfig.base.json'),
    join(root, 'package-lock.json'),
    join(root, 'test', 'packaging', 'stage.mjs'),
    join(root, 'scripts', 'build.mjs'),
    join(root, 'scripts', 'bundle.mjs'),
    ...packages.flatMap(({ folder }) => [...filesOf(join(root, 'packages', folder))]),
  ]
  for (const path of inputs)
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** Creates a folder and renames it to `target`; concurrent callers wait for it. */
async function makeOnce(target, make) {
  const lock = `${target}.lock`
  mkdirSync(dirname(target), { recursive: true })
  while (!existsSync(target)) {
    if (!take(lock)) {
      await wait(100)
      continue
    }
    const folder = `${target}.${process.pid}`
    try {
      if (existsSync(target)) return
      mkdirSync(folder)
      await make(folder)
      renameSync(folder, target)
      removeOld()
    } finally {
      rmSync(folder, { recursive: true, force: true })
      rmSync(lock, { force: true })
    }
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isHeld(lock)) rmSync(lock, { force: true })
    return false
  }
}

/** Whether the process that holds the lock is alive. */
function isHeld(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Keeps the last few folders, because another process may be installing from them. */
function removeOld() {
  const made = readdirSync(cache)
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .map((name) => ({ path: join(cache, name), at: statSync(join(cache, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of made.slice(KEPT)) rmSync(path, { recursive: true, force: true })
}
