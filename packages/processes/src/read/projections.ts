import type { MetricReading } from '@quipu/store'
import { type Projection, projectionOf, type Shape, shapeOf } from '../publish/shape.js'

/** The projections from published shapes to the metrics of this process; each is made once. */
export interface Projections {
  /** Undefined when a series of that shape has no place in the metric. */
  of(from: Shape, local: MetricReading): Projection | undefined
  /** Whether this is the first time that the shape was refused. */
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
