import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** The house's packages, and which of the others each may import. */
const mayImport: { readonly [name: string]: readonly string[] } = {
  catalog: [],
  core: ['catalog'],
  'activity-log': ['core', 'catalog'],
  prometheus: ['core', 'catalog'],
  http: ['core', 'catalog'],
  llm: ['core', 'catalog'],
  dashboards: ['catalog'],
  testing: ['catalog', 'core', 'activity-log', 'prometheus', 'http', 'llm', 'dashboards'],
  sdk: ['catalog', 'core', 'activity-log', 'prometheus', 'http', 'llm', 'dashboards'],
}

/** Tables of data may be long; anything else this long has a second idea in it. */
const mayBeLong: { readonly [file: string]: number } = {}
const MOST_LINES = 300

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

const sources = packages.map((name) => ({ name, files: filesIn(`packages/${name}/src`) }))
const outside = [...filesIn('examples'), ...filesIn('test'), ...filesIn('bench'), ...filesIn('docs')]

test('the rules know every package there is', () => {
  expect(packages.filter((name) => !Object.hasOwn(mayImport, name))).toEqual([])
})

test('the imports of a file are found in each of the ways they are written', () => {
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

describe.each(sources)('packages/$name', ({ name, files }) => {
  const shipped = files.filter(({ path }) => !isTest(path))

  test('imports only the packages that stand below it', () => {
    const allowed = [name, ...(mayImport[name] ?? [])]
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier.startsWith('@quipu/') && !allowed.includes(packageOf(specifier)))
        // A test may use the recorder for tests, which is made of what it tests.
        .filter(({ specifier }) => !(isTest(path) && specifier === '@quipu/testing'))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  test('reaches no other package by its files', () => {
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier.startsWith('.'))
        .filter(({ specifier }) => leaves(join('packages', name), join(dirname(path), specifier)))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  test('imports only what its manifest declares', () => {
    const manifest = readManifest(name)
    const declared = [
      `@quipu/${name}`,
      ...['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
        Object.keys(manifest[key] ?? {}),
      ),
    ]
    const wrong = shipped.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => !specifier.startsWith('.') && !isBuiltin(specifier))
        .filter(({ specifier }) => !declared.includes(packageNameOf(specifier)))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  test('has no default exports, no "export *" and no imports without an ending', () => {
    const wrong = files.flatMap(({ path, text, imports }) => [
      ...matches(text, /^export default\b/gm).map((line) => `${path}:${line} has a default export`),
      ...matches(text, /^export \* /gm).map((line) => `${path}:${line} has "export *"`),
      ...imports
        .filter(({ specifier }) => specifier.startsWith('.') && !/\.(?:js|json)$/.test(specifier))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
    ])
    expect(wrong).toEqual([])
  })

  test(`has no file of more than ${MOST_LINES} lines that is not listed`, () => {
    const long = files
      .filter(({ path }) => !isTest(path))
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > (mayBeLong[path] ?? MOST_LINES))
    expect(long).toEqual([])
  })

  test('publishes only files that are there, and each under its source too', () => {
    const exported = Object.entries(readManifest(name).exports ?? {}).filter(([key]) => key !== './package.json')
    expect(exported.length).toBeGreaterThan(0)
    for (const [key, target] of exported) {
      expect(target, key).toMatchObject({
        '@quipu/source': expect.stringMatching(/^\.\/src\/.+\.ts$/),
        types: expect.stringMatching(/^\.\/dist\/.+\.d\.ts$/),
        default: expect.stringMatching(/^\.\/dist\/.+\.js$/),
      })
    }
  })
})

test('core imports no built-in module of Node: it runs wherever there is JavaScript', () => {
  const core = sources.find(({ name }) => name === 'core')?.files ?? []
  const wrong = core
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, imports }) =>
      imports.filter(({ specifier }) => isBuiltin(specifier)).map(({ line }) => `${path}:${line}`),
    )
  expect(core.length).toBeGreaterThan(40)
  expect(wrong).toEqual([])
})

test('recording does not load zod: only the catalogue that users define it with does', () => {
  const wrong = sources
    .filter(({ name }) => name !== 'sdk')
    .flatMap(({ name, files }) =>
      files
        .filter(({ path }) => !isTest(path))
        .flatMap(({ path, imports }) =>
          imports
            .filter(({ specifier }) =>
              name === 'catalog' ? false : specifier === 'zod' || specifier === '@quipu/catalog',
            )
            .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
        ),
    )
  expect(wrong).toEqual([])
})

test('examples and tests import published names only', () => {
  const published = new Set(packages.flatMap(publishedNames))
  const wrong = outside.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) =>
        specifier.startsWith('.')
          ? !leaves('packages', join(dirname(path), specifier))
          : specifier.startsWith('@quipu/') && !published.has(specifier) && !isOwnName(specifier),
      )
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
  )
  expect(outside.length).toBeGreaterThan(20)
  expect(wrong).toEqual([])
})

test('nothing that is listed as long has become short', () => {
  const short = Object.keys(mayBeLong).filter((path) => {
    const file = join(root, path)
    return !existsSync(file) || readFileSync(file, 'utf8').split('\n').length - 1 <= MOST_LINES
  })
  expect(short).toEqual([])
})

function filesIn(folder: string): readonly SourceFile[] {
  const top = join(root, folder)
  if (!existsSync(top)) return []
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?ts$|\.mjs$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(?:^|\/)(?:node_modules|dist|\.cache)\//.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(text) }
    })
}

/** Every import of a file; an import statement begins a line, a comment or text does not. */
function importsOf(text: string): readonly Import[] {
  const statements = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(?<quote>['"])(?<specifier>[^'"\n]+)\k<quote>/gm
  const calls = /^(?!\s*(?:\*|\/\/)).*?\b(?:import|require)\((?<quote>['"])(?<specifier>[^'"\n]+)\k<quote>\)/gm
  return [statements, calls]
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map((match) => ({ specifier: match.groups?.specifier ?? '', line: text.slice(0, match.index).split('\n').length }))
    .sort((a, b) => a.line - b.line)
}

function matches(text: string, pattern: RegExp): readonly number[] {
  return [...text.matchAll(pattern)].map(({ index }) => text.slice(0, index).split('\n').length)
}

/** Whether a path stands outside a folder of the repository. */
function leaves(folder: string, path: string): boolean {
  return relative(join(root, folder), join(root, path)).startsWith('..')
}

function isTest(path: string): boolean {
  return /\.test(?:-d)?\.ts$/.test(basename(path))
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
