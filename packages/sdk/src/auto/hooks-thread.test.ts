import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { needsHooksThread } from './hooks-thread.js'

const libraries = [
  { name: 'express', kind: 'http' as const, isCommonJs: true as const, observe: () => true },
  { name: 'hono', kind: 'http' as const, observe: () => true },
]
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quipu-hooks-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

test.each([
  { main: 'app.cjs', text: '', needs: false },
  { main: 'app.mjs', text: '', needs: true },
  { main: 'app.ts', text: '', needs: true },
  { main: 'app.js', type: 'module', text: '', needs: true },
  { main: 'app.js', type: 'commonjs', text: "require('express')", needs: false },
  { main: 'app.js', text: "require('express')", needs: false },
  { main: 'app.js', text: "import express from 'express'", needs: true },
  { main: 'app.js', text: 'export {}', needs: true },
  { main: 'app.cjs', installed: 'express', text: '', needs: false },
  { main: 'app.cjs', installed: 'hono', text: '', needs: true },
  { main: 'dist/bin/app.cjs', installed: 'hono', text: '', needs: true },
])(
  'needs the thread: $needs, for $main of type $type with $installed installed',
  ({ main, type, text, installed, needs }) => {
    write('package.json', JSON.stringify({ type }))
    if (installed !== undefined) write(`node_modules/${installed}/package.json`, '{}')
    expect(needsHooksThread(libraries, write(main, text))).toBe(needs)
  },
)
