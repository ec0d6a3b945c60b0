import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { repositoryPages, root } from './repository-pages.js'

/** `src/{a,b}.ts` → `src/a.ts`, `src/b.ts` */
function spelledOut(path: string): readonly string[] {
  const [, before = '', list, after = ''] = /^(.*)\{([^}]*)\}(.*)$/.exec(path) ?? []
  return list === undefined ? [path] : list.split(',').map((name) => `${before}${name}${after}`)
}

function scriptsOf(workspace: string | undefined): readonly string[] {
  const folders = ['bench', 'docs', 'test', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)]
  const manifests = ['.', ...folders].map((folder) =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
  )
  const [top] = manifests
  const manifest = workspace === undefined ? top : manifests.find(({ name }) => name === workspace)
  return Object.keys(manifest?.scripts ?? {})
}

const pages = repositoryPages().map((name) => {
  const path = join(root, name)
  return { path, name, text: readFileSync(path, 'utf8') }
})
const matches = (pattern: RegExp) =>
  pages.flatMap((page) => [...page.text.matchAll(pattern)].map((found) => ({ page, found })))

it('finds the pages', () => {
  expect(pages.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['README.md', 'docs/usage.md', 'bench/results.md']),
  )
})

it('links lead to existing files', () => {
  const links = matches(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)
  expect(links.length).toBeGreaterThan(10)
  const lost = links.filter(({ page, found }) => !existsSync(join(dirname(page.path), found[1] ?? '')))
  expect(lost.map(({ page, found }) => `${page.name}: ${found[1]}`)).toEqual([])
})

it('paths in a page exist', () => {
  const named = matches(/`((?:packages|examples|test|bench|docs|deploy|scripts)\/[^`\s*]*)`/g)
  expect(named.length).toBeGreaterThan(20)
  const lost = named.flatMap(({ page, found }) =>
    spelledOut(found[1] ?? '')
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${page.name}: ${path}`),
  )
  expect(lost).toEqual([])
})

it('commands in a page are scripts', () => {
  const commands = matches(/npm run ([a-z:]+)(?: -w (@?[a-z/-]+))?/g)
  expect(commands.length).toBeGreaterThan(5)
  const lost = commands.filter(({ found: [, script = '', workspace] }) => !scriptsOf(workspace).includes(script))
  expect(lost.map(({ page, found }) => `${page.name}: ${found[0]}`)).toEqual([])
})
