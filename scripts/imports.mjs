import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { root } from './run.mjs'

// Reads the imports of the workspace's own sources, for the map and the direction test.

/**
 * @typedef {{ readonly specifier: string, readonly line: number }} Import
 * @typedef {{ readonly path: string, readonly text: string, readonly imports: readonly Import[] }} SourceFile
 * @typedef {ReadonlyMap<string, ReadonlySet<string>>} Graph
 */

/**
 * Returns the sources below a folder of the repository, without declarations and built files.
 * @param {string} folder
 * @returns {readonly SourceFile[]}
 */
export function sourcesIn(folder) {
  return entriesIn(join(root, folder))
    .filter((entry) => entry.isFile() && /\.m?ts$|\.tsx$|\.mjs$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(?:^|\/)(?:node_modules|dist|\.cache)\//.test(path))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(text) }
    })
}

/** @param {string} folder */
function entriesIn(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
  } catch {
    return []
  }
}

/**
 * Returns every import of a file. An import statement starts a line; those in comments or strings are not counted.
 * @param {string} text
 * @returns {readonly Import[]}
 */
export function importsOf(text) {
  const statements = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(?<quote>['"])(?<specifier>[^'"\n]+)\k<quote>/gm
  const calls = /^(?!\s*(?:\*|\/\/)).*?\b(?:import|require)\((?<quote>['"])(?<specifier>[^'"\n]+)\k<quote>\)/gm
  return [statements, calls]
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map((match) => ({ specifier: match.groups?.specifier ?? '', line: text.slice(0, match.index).split('\n').length }))
    .sort((a, b) => a.line - b.line)
}

/** @param {string} path */
export function isTest(path) {
  return /\.test(?:-d)?\.ts$/.test(path)
}

/**
 * Returns the imports among the given files as a graph.
 * @param {readonly SourceFile[]} files
 * @returns {Graph}
 */
export function fileGraph(files) {
  const known = new Set(files.map(({ path }) => path))
  const edges = files.map(({ path, imports }) => {
    const targets = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => posix.join(dirname(path), specifier).replace(/\.js$/, '.ts'))
      .map((target) => (known.has(target) ? target : `${target}x`))
    return /** @type {const} */ ([path, new Set(targets.filter((target) => known.has(target) && target !== path))])
  })
  return new Map(edges)
}

/**
 * Returns the same arrows between groups of nodes.
 * @param {Graph} graph
 * @param {(node: string) => string} groupOf
 * @returns {Graph}
 */
export function grouped(graph, groupOf) {
  /** @type {Map<string, Set<string>>} */
  const groups = new Map()
  for (const [from, targets] of graph) {
    const own = groupOf(from)
    const others = groups.get(own) ?? new Set()
    groups.set(own, others)
    for (const target of targets) if (groupOf(target) !== own) others.add(groupOf(target))
  }
  return groups
}

/**
 * The node of a source file on the map: its folder below `src`, at any depth; a file beside the folders is its own node.
 * @param {string} path such as packages/store/src/labels/label-tree.ts
 */
export function roomOf(path) {
  return /^packages\/[^/]+\/src\/[^/]+/.exec(path)?.[0] ?? path
}

/**
 * Returns groups of nodes that reach each other; empty for an acyclic graph.
 * @param {Graph} graph
 * @returns {readonly (readonly string[])[]}
 */
export function circlesOf(graph) {
  const reach = new Map([...graph.keys()].map((node) => [node, reachable(graph, node)]))
  const seen = new Set()
  const circles = []
  for (const node of graph.keys()) {
    if (seen.has(node) || !reach.get(node)?.has(node)) continue
    const circle = [...graph.keys()].filter((other) => reach.get(node)?.has(other) && reach.get(other)?.has(node))
    for (const each of circle) seen.add(each)
    circles.push(circle)
  }
  return circles
}

/**
 * @param {Graph} graph
 * @param {string} start
 */
function reachable(graph, start) {
  const found = new Set()
  const open = [start]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of graph.get(node) ?? []) {
      if (found.has(next)) continue
      found.add(next)
      open.push(next)
    }
  }
  return found
}
