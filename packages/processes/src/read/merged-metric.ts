import type { Cell, Clock, ExponentialBuckets, MetricReading } from '@quipu/core'
import { combine } from '../publish/combine.js'
import { addExponential, EXPONENTIAL_STRIDE, fromNumbers } from '../publish/exponential-numbers.js'
import { keyOf } from '../retain/retained.js'

/** A series of many processes, as exporters see it. It stays the same object, so that their caches on it hold. */
class MergedCell implements Cell {
  readonly values: readonly (string | undefined)[]
  readonly data: Float64Array
  readonly at = 0
  startedAtMs: number
  setAtMs = 0
  exponential: ExponentialBuckets | undefined = undefined
  readonly exemplars = undefined
  removed = false
  pageText: string | undefined = undefined
  attributes: Readonly<Record<string, string>> | undefined = undefined
  /** What the processes add up to, while they are being added up. */
  next: Float64Array | undefined = undefined
  nextStart = Number.POSITIVE_INFINITY

  constructor(values: readonly (string | undefined)[], stride: number, startedAtMs: number) {
    this.values = values
    this.data = new Float64Array(stride)
    this.startedAtMs = startedAtMs
  }
}

/** A metric of many processes: begun anew at each reading, added up, then shown. */
export interface MergedMetric {
  readonly reading: MetricReading
  begin(): void
  add(values: readonly (string | undefined)[], numbers: Float64Array, startUnixMs: number): void
  finish(): void
}

/** The merged face of a local metric. */
export function createMergedMetric(local: MetricReading, clock: Clock): MergedMetric {
  const cells = new Map<string, MergedCell>()
  let shown: readonly MergedCell[] = []
  let version = 0
  const isExponential = local.spec.aggregation === 'exponential'
  const toMonotonic = (unixMs: number): number => clock.monotonicMs() - (clock.unixMs() - unixMs)

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
      for (const cell of cells.values()) {
        cell.next = undefined
        cell.nextStart = Number.POSITIVE_INFINITY
      }
    },
    add(values, numbers, startUnixMs) {
      const key = keyOf('', values)
      let cell = cells.get(key)
      if (cell === undefined) {
        cell = new MergedCell(values, numbers.length, toMonotonic(startUnixMs))
        cells.set(key, cell)
      }
      cell.next = cell.next === undefined ? numbers.slice() : combine(local, cell.next, numbers)
      cell.nextStart = Math.min(cell.nextStart, startUnixMs)
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
        const started = toMonotonic(cell.nextStart)
        // A sibling that began earlier has come; tiny differences are only the clocks' conversion.
        if (started < cell.startedAtMs - 1) cell.startedAtMs = started
      }
      if (changed || shown.length !== cells.size) {
        shown = [...cells.values()]
        version++
      }
    },
  }
}

/** A scale never rises, as one process's never does (a delta is taken by bringing the earlier to the later one's). */
function keepScale(cell: MergedCell): void {
  const [before = 0] = cell.data
  if (cell.next === undefined || cell.exponential === undefined || (cell.next[0] ?? 0) <= before) return
  const empty = new Float64Array(EXPONENTIAL_STRIDE)
  empty[0] = before
  cell.next = addExponential(cell.next, empty)
}
