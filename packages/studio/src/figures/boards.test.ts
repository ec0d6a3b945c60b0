import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boardPanels } from './board-panels.js'
import { panelOf } from './boards.js'

interface Board {
  readonly uid: string
  readonly title: string
  readonly panels: readonly {
    readonly id: number
    readonly title: string
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}

test('most families have a panel', () => expect(Object.keys(boardPanels).length).toBeGreaterThan(60))

test.each(Object.keys(boardPanels))('the panel that is named for %s queries it', (family) => {
  const named = panelOf(family)
  const file = join(import.meta.dirname, '../../../..', named?.file ?? '')
  const board: Board = JSON.parse(readFileSync(file, 'utf8'))
  const panel = board.panels.find(({ id }) => named?.path === `/d/${board.uid}?viewPanel=panel-${id}`)
  expect(named).toMatchObject({ board: board.title, title: panel?.title })
  const queries = panel?.targets?.map(({ expr }) => expr).join(' ') ?? ''
  expect(queries).toMatch(new RegExp(`\\b${family}(?:_total|_bucket|_sum|_count)?\\b`))
})

test.each(['shop_orders', 'constructor', 'nodejs_version_info'])('%s is on no built-in board', (family) => {
  expect(panelOf(family)).toBeUndefined()
})
