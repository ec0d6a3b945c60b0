import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { builtNitro } from './built-nitro.js'

let output: string
let entry: string
beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'quipu-nitro-'))
  entry = join(output, 'server', 'index.mjs')
  mkdirSync(join(output, 'server'))
})
afterEach(() => rmSync(output, { recursive: true }))

/** The files that builds of Nuxt 4, Nitro 2 and others have beside the folder of the server. */
test.each([
  [{ framework: { name: 'nuxt', version: '4.2.1' }, versions: { nitro: '2.12.9' } }, 'nuxt 4.2.1'],
  [{ framework: { name: 'nitro', version: '' }, versions: { nitro: '2.12.9' } }, 'nitro 2.12.9'],
  [{ versions: { nitro: '3.0.0' } }, 'nitro 3.0.0'],
  [{}, 'nitro unknown'],
])('a build that describes itself as %j is named %s', (build, named) => {
  writeFileSync(join(output, 'nitro.json'), JSON.stringify(build))
  const found = builtNitro(entry, false)
  expect(`${found?.name} ${found?.version}`).toBe(named)
  expect(found).toMatchObject({ kind: 'http', isObserved: false })
  expect(builtNitro(entry, true)?.isObserved).toBe(true)
})

test('an application that Nitro has not built is not named', () => {
  expect(builtNitro(entry, false)).toBeUndefined()
  expect(builtNitro(undefined, false)).toBeUndefined()
  writeFileSync(join(output, 'nitro.json'), 'no JSON')
  expect(builtNitro(entry, false)).toBeUndefined()
})
