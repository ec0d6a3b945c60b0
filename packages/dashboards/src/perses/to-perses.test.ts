import { builtinCatalog } from '@quipu/catalog'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { builtinBoards } from '../boards/boards.js'
import { persesBoards } from '../perses-boards.js'

const files = persesBoards(builtinCatalog)

describe.each(builtinBoards)('the board $id for Perses', (board) => {
  const { spec } = parse(files[`dashboards/perses/${board.id}.yaml`] ?? '')

  test('has the queries of the board', () => {
    const queries = Object.values<{ spec: { queries: readonly { spec: { plugin: { spec: { query: string } } } }[] } }>(
      spec.panels,
    ).flatMap((panel) => panel.spec.queries.map((query) => query.spec.plugin.spec.query))
    const wanted = board.rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)))
    expect(queries).toEqual(wanted)
  })

  test('places every panel once, from the top of its group', () => {
    const groups: readonly { spec: { items: readonly { y: number; content: { $ref: string } }[] } }[] = spec.layouts
    const placed = groups.flatMap((group) => group.spec.items.map(({ content }) => content.$ref))
    expect(placed).toEqual(Object.keys(spec.panels).map((panel) => `#/spec/panels/${panel}`))
    for (const group of groups) expect(Math.min(...group.spec.items.map(({ y }) => y))).toBe(0)
  })
})

test('the boards are in the named project', () => {
  const [text = ''] = Object.values(persesBoards(builtinCatalog, { project: 'shop' }))
  expect(parse(text).metadata.project).toBe('shop')
})
