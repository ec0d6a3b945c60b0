import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { circlesOf, fileGraph, grouped, importsOf, isTest, roomOf, sourcesIn } from '../../scripts/imports.mjs'
import { map } from '../../scripts/map.mjs'

/** The packages, with the packages that each may import. */
const mayImport: { readonly [name: string]: readonly string[] } = {
  catalog: [],
  store: ['catalog'],
  prometheus: ['store', 'catalog'],
  processes: ['store', 'catalog'],
  otlp: ['store', 'catalog'],
  core: ['store', 'catalog'],
  'activity-log': ['core', 'catalog'],
  http: ['core', 'catalog'],
  runtime: ['core'],
  protocols: [],
  wire: ['core', 'protocols'],
  llm: ['core', 'catalog', 'wire'],
  dashboards: ['catalog'],
  studio: [],
  // The command serves pages with the same handler as the application. Its demonstration is an application.
  cli: ['catalog', 'core', 'activity-log', 'dashboards', 'http', 'llm', 'prometheus', 'runtime', 'studio'],
  testing: ['catalog', 'store', 'core', 'activity-log', 'prometheus', 'http', 'llm', 'dashboards'],
  sdk: [
    'catalog',
    'store',
    'core',
    'activity-log',
    'prometheus',
    'processes',
    'otlp',
    'http',
    'llm',
    'runtime',
    'dashboards',
    'studio',
  ],
}

const FIXTURES = /^packages\/[a-z-]+\/fixtures\//

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(manifestOf(name)))

interface Import {
  readonly specifier: string
  readonly line: number
}

interface SourceFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

const sources = packages.map((name) => ({ name, files: sourcesIn(`packages/${name}/src`) }))
const outside = [...sourcesIn('examples'), ...sourcesIn('test'), ...sourcesIn('bench'), ...sourcesIn('docs')]

test('every package has rules', () => {
  expect(packages.filter((name) => !Object.hasOwn(mayImport, name))).toEqual([])
})

test('imports are found in every syntax', () => {
  const text = [
    "import a from 'one'",
    'import {',
    '  b,',
    "} from 'two'",
    "export { c } from 'three'",
    "export * from 'four'",
    "import 'five'",
    "const d = await import('six')",
    "const e = require('seven')",
    "let f: typeof import('eight')",
    " * import g from 'in a comment'",
    "// import h from 'in another'",
    'const i = `import j from "in text"`',
  ].join('\n')
  expect(importsOf(text).map(({ specifier }) => specifier)).toEqual([
    'one',
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
  ])
})

/** Rules for a package's files; each returns the places of its violations. */
const rules: Readonly<Record<string, (name: string, files: readonly SourceFile[]) => readonly string[]>> = {
  'imports only the packages that stand below it': (name, files) => {
    const allowed = [name, ...(mayImport[name] ?? [])]
    return files.flatMap((file) =>
      places(
        file,
        ({ specifier }) =>
          specifier.startsWith('@quipu/') &&
          !allowed.includes(packageOf(specifier)) &&
          // A test may use a whole recorder, even if the package uses only the store.
          !(isTest(file.path) && ['@quipu/testing', '@quipu/core'].includes(specifier)),
      ),
    )
  },
  'reaches no other package by its files': (name, files) =>
    files.flatMap((file) =>
      places(
        file,
        ({ specifier }) =>
          specifier.startsWith('.') &&
          leaves(join('packages', name), join(dirname(file.path), specifier)) &&
          // A test may use the fixtures of another package, because they are not part of a package.
          !(isTest(file.path) && FIXTURES.test(join(dirname(file.path), specifier))),
      ),
    ),
  'imports only what its manifest declares': (name, files) => {
    const manifest = readManifest(name)
    const declared = [
      `@quipu/${name}`,
      ...['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
        Object.keys(manifest[key] ?? {}),
      ),
      // The studio's page contains everything: users of the package need no other package.
      ...(name === 'studio' ? ['#page', ...Object.keys(manifest.devDependencies ?? {})] : []),
    ]
    return shipped(files).flatMap((file) =>
      places(
        file,
        ({ specifier }) =>
          !specifier.startsWith('.') && !isBuiltin(specifier) && !declared.includes(packageNameOf(specifier)),
      ),
    )
  },
  'has no default exports': (_, files) => files.flatMap((file) => linesWith(file, /^export default\b/gm)),
  // `helpers.ts` is itself a list of names: a second list would become stale.
  'has no "export *" but of the helpers': (_, files) =>
    files.flatMap((file) => linesWith(file, /^export \* (?!from '(?:\.|@quipu\/core)\/helpers(?:\.js)?')/gm)),
  'imports its own files with their ending': (_, files) =>
    files.flatMap((file) =>
      places(file, ({ specifier }) => specifier.startsWith('.') && !/\.(?:c?js|json)$/.test(specifier)),
    ),
  // Recording code runs on every JavaScript runtime.
  'imports no built-in module of Node, where it records': (name, files) =>
    name === 'core' || name === 'store'
      ? shipped(files).flatMap((file) => places(file, ({ specifier }) => isBuiltin(specifier)))
      : [],
  // An import would load undici: docs/decisions/2026-11-27-built-in-modules.md.
  'imports node:http for its types only, where applications load it': (name, files) =>
    name === 'cli'
      ? []
      : shipped(files).flatMap((file) => linesWith(file, /^import (?!type\b)[^'";]*['"]node:https?['"]/gm)),
  // Only these need zod: the definition of catalogues, start(), and the command that reads catalogues.
  'does not load zod with what records': (name, files) =>
    name === 'catalog' || name === 'sdk' || name === 'cli'
      ? []
      : shipped(files).flatMap((file) =>
          places(file, ({ specifier }) => specifier === 'zod' || specifier === '@quipu/catalog'),
        ),
}

describe.each(sources)('packages/$name', ({ name, files }) => {
  test.each(Object.keys(rules))('%s', (rule) => {
    expect(files.length).toBeGreaterThan(2)
    expect(rules[rule]?.(name, files)).toEqual([])
  })

  test('no two of its files or folders import each other, directly or indirectly', () => {
    const graph = fileGraph(shipped(files))
    expect(circlesOf(graph)).toEqual([])
    expect(circlesOf(grouped(graph, roomOf))).toEqual([])
  })

  test('publishes only existing files, each also under its source', () => {
    const exported = Object.entries(readManifest(name).exports ?? {}).filter(([key]) => key !== './package.json')
    expect(exported.length).toBeGreaterThan(0)
    for (const [key, target] of exported) {
      const source = /"@quipu\/source":"\.\/src\/(.+?)\.ts"/.exec(JSON.stringify(target))?.[1]
      expect(existsSync(join(root, 'packages', name, 'src', `${source}.ts`)), `${key} has no source`).toBe(true)
      expect(target, key).toMatchObject({
        '@quipu/source': `./src/${source}.ts`,
        types: `./dist/${source}.d.ts`,
        default: `./dist/${source}.js`,
      })
    }
  })
})

test.each([
  ['imports only the packages that stand below it', 'store', "import { createRecorder } from '@quipu/core'"],
  ['imports only the packages that stand below it', 'core', "import { start } from '@quipu/sdk'"],
  ['imports only the packages that stand below it', 'llm', "import type { Page } from '@quipu/prometheus'"],
  ['imports only the packages that stand below it', 'testing', "export { start } from '@quipu/sdk'"],
  ['reaches no other package by its files', 'http', "import { follow } from '../../core/src/follow.js'"],
  ['imports only what its manifest declares', 'core', "const lodash = await import('lodash')"],
  ['has no default exports', 'core', 'export default 1'],
  ['has no "export *" but of the helpers', 'core', "export * from './counter.js'"],
  ['imports its own files with their ending', 'core', "import { x } from './counter'"],
  ['imports no built-in module of Node, where it records', 'store', "import { readFileSync } from 'node:fs'"],
  ['does not load zod with what records', 'prometheus', "import { builtinCatalog } from '@quipu/catalog'"],
])('the rule "%s" sees what breaks it', (rule, name, text) => {
  const file = { path: `packages/${name}/src/new.ts`, text, imports: importsOf(text) }
  expect(rules[rule]?.(name, [file])).toHaveLength(1)
})

test('a circle of imports is found, however long', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['a', 'd'])],
    ['d', new Set<string>()],
  ])
  expect(circlesOf(graph)).toEqual([['a', 'b', 'c']])
})

test('examples and tests import published names only', () => {
  const published = new Set(packages.flatMap(publishedNames))
  const wrong = outside.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) =>
        specifier.startsWith('.')
          ? // A package's fixtures belong to its tests and are not packed.
            !FIXTURES.test(join(dirname(path), specifier)) && !leaves('packages', join(dirname(path), specifier))
          : specifier.startsWith('@quipu/') && !published.has(specifier) && !isOwnName(specifier),
      )
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
  )
  expect(outside.length).toBeGreaterThan(20)
  expect(wrong).toEqual([])
})

test('docs/map.md is drawn from these imports (npm run map writes it)', () => {
  expect(readFileSync(join(root, 'docs/map.md'), 'utf8')).toBe(map())
})

/** The imports of a file that are wrong, each with its place. */
function places({ path, imports }: SourceFile, isWrong: (found: Import) => boolean): readonly string[] {
  return imports.filter(isWrong).map(({ specifier, line }) => `${path}:${line} imports ${specifier}`)
}

function linesWith({ path, text }: SourceFile, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(({ index }) => `${path}:${text.slice(0, index).split('\n').length}`)
}

function shipped(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter(({ path }) => !isTest(path))
}

/** Whether a path is outside a folder of the repository. */
function leaves(folder: string, path: string): boolean {
  return relative(join(root, folder), join(root, path)).startsWith('..')
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}

/** `@quipu/catalog/builtin` → `catalog`. */
function packageOf(specifier: string): string {
  return specifier.split('/')[1] ?? ''
}

function packageNameOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function manifestOf(name: string): string {
  return join(root, 'packages', name, 'package.json')
}

interface Manifest {
  readonly [key: string]: { readonly [name: string]: unknown } | undefined
}

function readManifest(name: string): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(manifestOf(name), 'utf8'))
  return manifest
}

function publishedNames(name: string): readonly string[] {
  return Object.keys(readManifest(name).exports ?? {}).map((key) => `@quipu/${name}${key.slice(1)}`)
}

/** A workspace of tests or an example may import itself. */
function isOwnName(specifier: string): boolean {
  return /^@quipu\/(?:test|bench|example-[a-z-]+)(?:\/|$)/.test(specifier)
}
