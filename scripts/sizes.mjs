import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { circlesOf, fileGraph, grouped, isTest, roomOf, sourcesIn } from './imports.mjs'
import { root } from './run.mjs'

// Measures the sources: `npm run sizes` prints a table; test/conformance/sizes.test.ts fails if a limit is exceeded.

/** @typedef {{ readonly path: string, readonly lines: number }} SizedFile */
/** @typedef {{ readonly name: string, readonly files: readonly SizedFile[], readonly lines: number }} SizedPackage */

/** Limits in lines: an engineer reads a whole package before changing it, and a file holds one idea. */
export const limits = { package: 5000, file: 300, adapter: 60, medianFile: 65, p90File: 150 }

/**
 * The sources of each package, without tests.
 * @returns {readonly SizedPackage[]}
 */
export function packageSizes() {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => {
      const files = sourcesIn(`packages/${name}/src`)
        .filter(({ path }) => !isTest(path))
        .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      return { name, files, lines: files.reduce((sum, file) => sum + file.lines, 0) }
    })
    .filter(({ files }) => files.length > 0)
}

/**
 * Returns the size that a share of the files does not exceed.
 * @param {readonly SizedFile[]} files
 * @param {number} share 0 to 1
 */
export function quantile(files, share) {
  const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Circles: files, or folders, of a package that reach each other. */
function circleCount() {
  return readdirSync(join(root, 'packages'))
    .map((name) => fileGraph(sourcesIn(`packages/${name}/src`).filter(({ path }) => !isTest(path))))
    .reduce((sum, graph) => sum + circlesOf(graph).length + circlesOf(grouped(graph, roomOf)).length, 0)
}

/** Functions over 60 lines, from the lint rule. In tests, a `describe` may be longer. */
function longFunctionCount() {
  const rule = 'complexity/noExcessiveLinesPerFunction'
  const args = [
    '--no-install',
    'biome',
    'lint',
    `--only=${rule}`,
    '--reporter=json',
    '--max-diagnostics=none',
    'packages',
  ]
  const { stdout } = spawnSync('npx', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  return JSON.parse(stdout).summary.errors
}

function print() {
  const packages = packageSizes()
  const all = packages.flatMap(({ files }) => files)
  const rows = [
    ...packages.map(({ name, files, lines }) => [name, files, lines]),
    ['all', all, all.reduce((sum, { lines }) => sum + lines, 0)],
  ].map(([name, files, lines]) => [
    name,
    files.length,
    lines,
    quantile(files, 0.5),
    quantile(files, 0.9),
    Math.max(...files.map((file) => file.lines)),
  ])
  const head = ['package', 'files', 'lines', 'median', 'p90', 'longest']
  for (const row of [head, ...rows]) {
    process.stdout.write(`${row.map((cell, i) => (i === 0 ? `${cell}`.padEnd(14) : `${cell}`.padStart(8))).join('')}\n`)
  }
  process.stdout.write(
    `limits: package ${limits.package}, file ${limits.file}; aims: median ${limits.medianFile}, p90 ${limits.p90File}\n`,
  )
  process.stdout.write(`functions over 60 lines: ${longFunctionCount()}; arrows back: ${circleCount()}\n`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) print()
