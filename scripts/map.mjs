import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fileGraph, grouped, isTest, roomOf, sourcesIn } from './imports.mjs'
import { root } from './run.mjs'

// Draws docs/map.md from the imports of the sources: `npm run map`. With `--check` it writes nothing and fails if the page is stale.

/** @typedef {import('./imports.mjs').Graph} Graph */

const page = 'docs/map.md'

/** Returns the page: the packages and their arrows, then the folders of each package. */
export function map() {
  const names = readdirSync(join(root, 'packages')).sort()
  const files = names.flatMap((name) => sourcesIn(`packages/${name}/src`)).filter(({ path }) => !isTest(path))
  const rooms = names.flatMap((name) => {
    const graph = roomsOf(files.filter(({ path }) => path.startsWith(`packages/${name}/`)))
    return graph.size < 3 ? [] : [`## ${name}`, '', drawn(graph), '']
  })
  return [
    '# The map',
    '',
    '`npm run map` draws this page from the imports of the sources; a test fails when it is stale, when two files or two nodes',
    'import each other, and when an arrow points to a package that must not be imported. A node is a folder of `src`, or a',
    'file beside the folders. Arrows point at what is imported; arrows that other arrows imply are left out.',
    '',
    '## Packages',
    '',
    drawn(packagesOf(files)),
    '',
    ...rooms,
  ].join('\n')
}

/**
 * @param {readonly import('./imports.mjs').SourceFile[]} files
 * @returns {Graph}
 */
function packagesOf(files) {
  /** @type {Map<string, Set<string>>} */
  const graph = new Map()
  for (const { path, imports } of files) {
    const own = path.split('/')[1] ?? ''
    const others = graph.get(own) ?? new Set()
    graph.set(own, others)
    for (const { specifier } of imports) {
      const [scope, name = ''] = specifier.split('/')
      if (scope === '@quipu' && name !== own) others.add(name)
    }
  }
  return graph
}

/**
 * @param {readonly import('./imports.mjs').SourceFile[]} files
 * @returns {Graph}
 */
function roomsOf(files) {
  const named = (/** @type {string} */ path) => roomOf(path).replace(/^packages\/[^/]+\/src\//, '')
  const graph = grouped(fileGraph(files), named)
  return new Map([...graph].filter(([room]) => room !== 'index.ts'))
}

/** @param {Graph} graph */
function drawn(graph) {
  const id = (/** @type {string} */ node) => node.replaceAll(/[^a-z0-9]/gi, '_')
  const nodes = [...graph.keys()].sort().map((node) => `  ${id(node)}[${posix.normalize(node)}]`)
  const arrows = [...reduced(graph)].flatMap(([from, targets]) =>
    [...targets].sort().map((target) => `  ${id(from)} --> ${id(target)}`),
  )
  return ['```mermaid', 'graph TD', ...nodes, ...arrows.sort(), '```'].join('\n')
}

/**
 * Returns the graph without arrows that a longer path implies.
 * @param {Graph} graph an acyclic graph
 * @returns {Graph}
 */
function reduced(graph) {
  const reaches = (/** @type {string} */ from, /** @type {string} */ to) => {
    const open = [...(graph.get(from) ?? [])]
    const seen = new Set(open)
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node === to) return true
      for (const next of graph.get(node) ?? []) if (!seen.has(next)) open.push(next) && seen.add(next)
    }
    return false
  }
  return new Map(
    [...graph].map(([from, targets]) => [
      from,
      new Set(
        [...targets].filter((target) => ![...targets].some((other) => other !== target && reaches(other, target))),
      ),
    ]),
  )
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const path = join(root, page)
  if (process.argv.includes('--check')) {
    if (readFileSync(path, 'utf8') !== map()) {
      process.stderr.write(`${page} is stale: npm run map\n`)
      process.exitCode = 1
    }
  } else writeFileSync(path, map())
}
