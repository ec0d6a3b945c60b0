import type { Attributes } from '@opentelemetry/api'
import type { Cell, MetricReading } from './reading.js'

/** Returns the attributes of a series, created once, because OpenTelemetry's readers do not modify them. */
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
