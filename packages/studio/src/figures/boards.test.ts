import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boardOf } from './boards.js'

const folder = join(import.meta.dirname, '../../../../dashboards')
const METRIC =
  /\b(?:llm|app|feature|user|aki|gen_ai|http|process|nodejs|v8js|mcp|workspace|analysis|quipu)_[a-z0-9_]+\b/g

/** The boards that query each family. */
const boards = new Map<string, string[]>()
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const expressions = [...readFileSync(join(folder, file), 'utf8').matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)]
  for (const [, expression = ''] of expressions) {
    // What follows `by (` and stands in braces are labels.
    const bare = expression.replaceAll(/\{[^}]*\}/g, '').replaceAll(/\b(?:by|on) ?\([^)]*\)/g, '')
    for (const [metric] of bare.matchAll(METRIC)) {
      const family = metric.replace(/_(?:total|bucket|sum|count)$/, '')
      boards.set(family, [...(boards.get(family) ?? []), `dashboards/${file}`])
    }
  }
}

test('there are boards to look at', () => expect(boards.size).toBeGreaterThan(30))

test.each([...boards.keys()].sort())('the board that is named for %s queries it', (family) => {
  expect(boards.get(family)).toContain(boardOf(family).file)
})
