import { builtinCatalog } from '@quipu/catalog'
import { describe, expect, test } from 'vitest'
import { grafanaBoards } from '../grafana-boards.js'

const files = Object.entries(grafanaBoards(builtinCatalog)).map(([file, text]) => ({ file, board: JSON.parse(text) }))

describe.each(files)('$file', ({ board }) => {
  test('has a stable id and links to the other boards', () => {
    expect(board.uid).toMatch(/^quipu-[a-z-]+$/)
    expect(board.schemaVersion).toBe(42)
    expect(board.links).toEqual([expect.objectContaining({ type: 'dashboards', tags: ['quipu'] })])
  })

  test('every panel has an id, a description, and queries of the chosen data source', () => {
    const panels = board.panels.filter(({ type }: { readonly type: string }) => type !== 'row')
    expect(new Set(board.panels.map(({ id }: { readonly id: number }) => id)).size).toBe(board.panels.length)
    for (const panel of panels) {
      expect(panel).toMatchObject({
        id: expect.any(Number),
        description: expect.stringMatching(/./),
        datasource: { type: 'prometheus', uid: '$datasource' },
        fieldConfig: { defaults: expect.anything() },
      })
      for (const target of panel.targets) {
        expect(target).toMatchObject({ refId: expect.stringMatching(/^[A-Z]$/), expr: expect.stringMatching(/./) })
        // The builder's default shows instant and range at once.
        expect(target.instant === true).toBe(target.range !== true)
      }
    }
  })

  test('variables select a data source and jobs', () => {
    const names = board.templating.list.map(({ name }: { readonly name: string }) => name)
    expect(names.slice(0, 2)).toEqual(['datasource', 'job'])
  })
})
