import type { Cell, ExponentialBuckets, MetricReading } from '@quipu/store'
import { combine } from '../publish/combine.js'
import { addExponential, EXPONENTIAL_STRIDE, fromNumbers } from '../publish/exponential-numbers.js'
import { keyOf } from '../retain/archive.js'

/** A merged series, as exporters see it. The object stays the same, so that caches on it remain valid. */
class MergedCell implements Cell {
  readonly values: readonly (string | undefined)[]
  readonly data: Float64Array
  readonly at = 0
  readonly startedAtMs = 0
  startedAtUnixMs = Number.POSITIVE_INFINITY
  /** Whether it has been read. From then on its start stays fixed, because a moving start is a reset for a back end. */
  isShown = false
  setAtMs = 0
  exponential: ExponentialBuckets | undefined = undefined
  readonly exemplars = undefined
  removed = false
  pageText: string | undefined = undefined
  attributes: Readonly<Record<string, string>> | undefined = undefined
  /** The sum over processes while it is being computed. */
  next: Float64Array | undefined = undefined

  constructor(values: readonly (string | undefined)[], stride: number) {
    this.values = values
    this.data = new Float64Array(stride)
  }
}

/** A merged metric: cleared at each reading, summed, then shown. */
export interface MergedMetric {
  readonly reading: MetricReading
  begin(): void
  add(values: readonly (string | undefined)[], numbers: Float64Array, startUnixMs: number): void
  finish(): void
}

/** Creates the merged view of a local metric. */
export function createMergedMetric(local: MetricReading): MergedMetric {
  const cells = new Map<string, MergedCell>()
  let shown: readonly MergedCell[] = []
  let version = 0
  const isExponential = local.spec.aggregation === 'exponential'

  return {
    reading: {
      name: local.name,
      spec: local.spec,
      prometheusName: local.prometheusName,
      otlpName: local.otlpName,
      scope: local.scope,
      labelNames: local.labelNames,
      bounds: local.bounds,
      cells: () => shown,
      version: () => version,
    },
    begin() {
      for (const cell of cells.values()) cell.next = undefined
    },
    add(values, numbers, startUnixMs) {
      const key = keyOf('', values)
      let cell = cells.get(key)
      if (cell === undefined) {
        cell = new MergedCell(values, numbers.length)
        cells.set(key, cell)
      }
      if (!cell.isShown) cell.startedAtUnixMs = Math.min(cell.startedAtUnixMs, startUnixMs)
      cell.next = cell.next === undefined ? numbers.slice() : combine(local, cell.next, numbers)
    },
    finish() {
      let changed = false
      for (const [key, cell] of cells) {
        if (isExponential && cell.next !== undefined) keepScale(cell)
        if (cell.next === undefined) {
          cell.removed = true
          cell.data.fill(0)
          cells.delete(key)
          changed = true
        } else if (cell.next.some((number, i) => number !== cell.data[i])) {
          cell.data.set(cell.next)
          if (isExponential) cell.exponential = fromNumbers(cell.data)
          changed = true
        }
        cell.isShown = true
      }
      if (changed || shown.length !== cells.size) {
        shown = [...cells.values()]
        version++
      }
    },
  }
}

/** A scale never increases, as in a single process (a delta converts the earlier histogram to the later scale). */
function keepScale(cell: MergedCell): void {
  const [before = 0] = cell.data
  if (cell.next === undefined || cell.exponential === undefined || (cell.next[0] ?? 0) <= before) return
  const empty = new Float64Array(EXPONENTIAL_STRIDE)
  empty[0] = before
  cell.next = addExponential(cell.next, empty)
}
