import type { Attributes } from '@opentelemetry/api'
import type { Cell, MetricReading } from './reading.js'

/** The attributes of a series, made once: readers of OpenTelemetry do not change what they are given. */
export function attributesOf(reading: MetricReading, cell: Cell): Attributes {
  if (cell.attributes === undefined) {
    const attributes: Record<string, string> = {}
    reading.labelNames.forEach((name, i) => {
      const value = cell.values[i]
      if (value !== undefined) attributes[name] = value
    })
    cell.attributes = attributes
  }
  return cell.attributes
}
