import type { Board, Panel, Row } from './board.js'

/** A panel with its place on a grid of 24 columns. */
export interface PlacedPanel extends Panel {
  readonly id: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The heading of a row with its placed panels. */
export interface PlacedRow {
  readonly id: number
  readonly title: string
  readonly y: number
  readonly panels: readonly PlacedPanel[]
}

const COLUMNS = 24
const MOST_IN_A_LINE = 3
const MOST_NUMBERS_IN_A_LINE = 6

/** Arranges the panels of a board in lines of equal height, in order. */
export function layOut(board: Board): readonly PlacedRow[] {
  let y = 0
  let id = 0
  return board.rows.map((row) => {
    const heading = { id: ++id, title: row.title, y: y++ }
    const panels = linesOf(row).flatMap((line) => {
      const height = line.every(({ draw }) => draw === 'number') ? 4 : 8
      const width = COLUMNS / line.length
      const placed = line.map((panel, i) => ({ ...panel, id: ++id, x: i * width, y, width, height }))
      y += height
      return placed
    })
    return { ...heading, panels }
  })
}

/** A line has six numbers or three charts. The last line of a row may be shorter; its panels are then wider. */
function linesOf({ panels }: Row): readonly (readonly Panel[])[] {
  const most = panels.every(({ draw }) => draw === 'number') ? MOST_NUMBERS_IN_A_LINE : MOST_IN_A_LINE
  const lines = Math.ceil(panels.length / most)
  const perLine = Math.ceil(panels.length / lines)
  return Array.from({ length: lines }, (_, i) => panels.slice(i * perLine, (i + 1) * perLine))
}
