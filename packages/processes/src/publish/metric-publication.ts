import type { Cell, MetricReading, Store } from '@quipu/store'
import type { NumberFile } from './number-file.js'
import { numbersOf, type SeriesLine } from './published-series.js'
import { shapeOf, strideOf } from './shape.js'

/** The published part of one metric. */
export interface MetricPublication {
  /** Writes changed numbers to the file, and returns the lines for new and removed series. */
  update(): readonly SeriesLine[]
  /** Every line that a new reader needs. */
  lines(): readonly SeriesLine[]
}

/** @param numbers the file with the numbers of all metrics */
export function publishMetric(reading: MetricReading, numbers: NumberFile, clock: Store['clock']): MetricPublication {
  const shape = shapeOf(reading)
  const stride = strideOf(shape)
  // Setting a gauge to the same value again matters only for the merge rule `last`.
  const compared = reading.spec.kind === 'gauge' && reading.spec.merge !== 'last' ? 1 : stride
  const head: SeriesLine = ['=', reading.name, shape]
  const places = new Map<Cell, { readonly offset: number; readonly line: SeriesLine }>()
  let version = -1
  let isNamed = false

  const begin = (cell: Cell): SeriesLine => {
    const offset = numbers.take(stride)
    const now = numbersOf(reading, cell, clock)
    numbers.set(offset, now, now.length)
    const values = cell.values.map((value) => value ?? null)
    const line: SeriesLine = ['+', reading.name, values, offset, clock.toUnixMs(cell.startedAtMs)]
    places.set(cell, { offset, line })
    return line
  }
  const endRemoved = (cells: readonly Cell[]): readonly SeriesLine[] => {
    if (places.size === cells.length) return []
    const live = new Set(cells)
    const removed = [...places].filter(([cell]) => !live.has(cell))
    return removed.map(([cell, { offset }]): SeriesLine => {
      places.delete(cell)
      numbers.giveUp(offset, stride)
      return ['-', offset]
    })
  }

  return {
    update() {
      if (reading.version() === version) return []
      version = reading.version()
      const cells = reading.cells()
      const begun: SeriesLine[] = []
      for (const cell of cells) {
        const place = places.get(cell)
        if (place === undefined) begun.push(begin(cell))
        else numbers.set(place.offset, numbersOf(reading, cell, clock), compared)
      }
      const lines = [...(isNamed || begun.length === 0 ? [] : [head]), ...begun, ...endRemoved(cells)]
      isNamed ||= begun.length > 0
      return lines
    },
    lines: () => (places.size === 0 ? [] : [head, ...[...places.values()].map(({ line }) => line)]),
  }
}
