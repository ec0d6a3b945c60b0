import { expect, test } from 'vitest'
import { reportOfExports } from './appended-code.js'
import { filesOf, libraryOfFile } from './libraries.js'

const files = filesOf(
  [{ name: 'h3', files: /^dist\/_entries\/node\.mjs$/ }, { name: 'openai' }, { name: '@modelcontextprotocol/sdk' }].map(
    (library) => ({ ...library, kind: 'http', observe: () => true }),
  ),
)

test.each([
  ['/app/node_modules/openai/index.mjs', 'openai', '/app/node_modules/openai'],
  [
    '/app/node_modules/.pnpm/openai@7.0.0/node_modules/openai/index.js',
    'openai',
    '/app/node_modules/.pnpm/openai@7.0.0/node_modules/openai',
  ],
  ['/app/node_modules/a/node_modules/openai/dist/index.cjs', 'openai', '/app/node_modules/a/node_modules/openai'],
  ['/app/node_modules/h3/dist/_entries/node.mjs', 'h3', '/app/node_modules/h3'],
  [
    '/app/node_modules/@modelcontextprotocol/sdk/dist/esm/index.js',
    '@modelcontextprotocol/sdk',
    '/app/node_modules/@modelcontextprotocol/sdk',
  ],
])('%s is an observed module of %s', (path, name, root) => {
  expect(libraryOfFile(path, files)).toEqual({ name, root, functions: [] })
})

test.each([
  '/app/node_modules/openai/client.mjs',
  '/app/node_modules/openai/resources/index.mjs',
  '/app/node_modules/openai-edge/index.js',
  '/app/node_modules/@acme/openai/index.js',
  '/app/openai/index.js',
  '/app/node_modules/openai',
  '/app/node_modules/h3/dist/index.mjs',
  '',
])('%s is not an observed module', (path) => {
  expect(libraryOfFile(path, files)).toBeUndefined()
})

test('the code appended to a module adds no line before its code and imports the module itself', () => {
  const notice = reportOfExports('file:///app/node_modules/openai/index.mjs')
  expect(notice).toMatch(/^\n;import \* as quipuSelf from "\.\/index\.mjs";/)
})
