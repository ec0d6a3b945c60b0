import { boardPanels, boardTitles } from './board-panels.js'

/** The panel of a generated board that queries a family. */
export interface BoardPanel {
  /** Title of the board. */
  readonly board: string
  /** File of the board, in `dashboards/`. */
  readonly file: string
  readonly title: string
  /** Path of the panel in a Grafana that has the board. */
  readonly path: string
}

/** Returns the panel of a family; undefined for a family that none of the built-in boards queries. */
export function panelOf(family: string): BoardPanel | undefined {
  if (!Object.hasOwn(boardPanels, family)) return undefined
  const [board = '', id = 0, title = ''] = boardPanels[family] ?? []
  return {
    board: boardTitles[board] ?? board,
    file: `dashboards/${board}.json`,
    title,
    path: `/d/quipu-${board}?viewPanel=panel-${id}`,
  }
}
