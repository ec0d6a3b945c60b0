import type { MetricReading } from '@quipu/store'
import { type Projection, projectionOf, type Shape, shapeOf } from '../publish/shape.js'

/** The conversions from published shapes to the metrics of this process; each is created once. */
export interface Projections {
  /** Undefined if a series of that shape does not fit into the metric. */
  of(from: Shape, local: MetricReading): Projection | undefined
  /** Whether this is the first refusal of the shape. */
  isFirstRefusal(from: Shape): boolean
}

export function createProjections(): Projections {
  const known = new WeakMap<Shape, { readonly local: MetricReading; readonly projection: Projection | undefined }>()
  const refused = new WeakSet<Shape>()
  return {
    of(from, local) {
      const found = known.get(from)
      if (found?.local === local) return found.projection
      const projection = projectionOf(from, shapeOf(local))
      known.set(from, { local, projection })
      return projection
    },
    isFirstRefusal(from) {
      const isFirst = !refused.has(from)
      refused.add(from)
      return isFirst
    },
  }
}
