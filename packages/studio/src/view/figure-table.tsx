import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

export interface Column<Row> {
  readonly title: string
  /** Explains the title. */
  readonly hint?: string
  /** Text is aligned left, figures right; a picture fills the remaining width. */
  readonly kind: 'text' | 'figure' | 'picture'
  /** Omitted in half a window (`extra`), or only on a phone (`minor`). */
  readonly need?: 'extra' | 'minor'
  readonly cell: (row: Row) => ComponentChildren
  /** The sort key; without it, the column is not sortable. */
  readonly by?: (row: Row) => number | string
  readonly isBad?: (row: Row) => boolean
}

interface FigureTableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** Number of rows until all are requested. */
  readonly limit?: number
}

interface Order {
  readonly column: number
  readonly isAscending: boolean
}

/** A table whose columns sort. */
export function FigureTable<Row>({ caption, columns, rows, keyOf, limit = 8 }: FigureTableProps<Row>) {
  const [order, setOrder] = useState<Order>()
  const [isWhole, setWhole] = useState(false)
  const sorted = sort(rows, columns, order)
  const shown = isWhole ? sorted : sorted.slice(0, limit)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; a section would be a landmark too many */}
      <div class="scroll" role="group" aria-label={`${caption}, table`} tabIndex={0}>
        <table>
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column, i) => (
                <Heading key={column.title} column={column} index={i} order={order} setOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={keyOf(row)}>{columns.map((column, i) => cellOf(column, row, i === 0))}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > limit ? (
        <button type="button" class="more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? `Show the first ${limit}` : `Show all ${rows.length}`}
        </button>
      ) : null}
    </>
  )
}

interface HeadingProps<Row> {
  readonly column: Column<Row>
  readonly index: number
  readonly order: Order | undefined
  readonly setOrder: (order: Order) => void
}

function Heading<Row>({ column, index, order, setOrder }: HeadingProps<Row>) {
  const { title, hint, kind, need, by } = column
  const isSorted = order?.column === index
  const direction = order?.isAscending ? 'ascending' : 'descending'
  const next = { column: index, isAscending: isSorted ? !order.isAscending : kind === 'text' }
  return (
    <th scope="col" class={classOf(kind, need)} title={hint} aria-sort={isSorted ? direction : undefined}>
      {by === undefined ? (
        title
      ) : (
        <button type="button" onClick={() => setOrder(next)}>
          {title}
          <span aria-hidden="true">{isSorted ? (order.isAscending ? ' ↑' : ' ↓') : ''}</span>
        </button>
      )}
    </th>
  )
}

function cellOf<Row>({ title, kind, need, cell, isBad }: Column<Row>, row: Row, isFirst: boolean) {
  const name = `${classOf(kind, need)}${isBad?.(row) ? ' bad' : ''}`
  return isFirst ? (
    <th key={title} scope="row" class={name}>
      {cell(row)}
    </th>
  ) : (
    <td key={title} class={name}>
      {cell(row)}
    </td>
  )
}

function classOf(kind: string, need: string | undefined): string {
  return need === undefined ? kind : `${kind} ${need}`
}

function sort<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | undefined): readonly Row[] {
  const by = order === undefined ? undefined : columns[order.column]?.by
  if (by === undefined || order === undefined) return rows
  const sign = order.isAscending ? 1 : -1
  return rows.toSorted((a, b) => {
    const [left, right] = [by(a), by(b)]
    if (typeof left === 'string' || typeof right === 'string') return sign * String(left).localeCompare(String(right))
    // Unknown values come last in both directions.
    if (Number.isNaN(left)) return 1
    return Number.isNaN(right) ? -1 : sign * (left - right)
  })
}
