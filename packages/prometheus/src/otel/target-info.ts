import type { EscapingScheme } from '../families/escaping.js'
import type { Family, Point } from '../families/family.js'
import { foreignLabelText } from './foreign-labels.js'
import type { OtelAttributes } from './otel-metrics.js'

/**
 * Returns the `target_info` family with all or the named attributes of a resource, or no family when it has none of
 * them.
 */
export function targetInfo(
  attributes: OtelAttributes,
  wanted: boolean | readonly string[],
  scheme?: EscapingScheme,
): Family | undefined {
  if (wanted === false) return undefined
  const chosen = wanted === true ? attributes : Object.fromEntries(wanted.map((name) => [name, attributes[name]]))
  const labels = foreignLabelText(chosen, 'info', undefined, scheme)
  if (labels === undefined || labels === '') return undefined
  const point: Point = { data: [1], at: 0, exponential: undefined, exemplars: undefined }
  return {
    name: 'target_info',
    type: 'info',
    help: 'Target metadata',
    unit: '',
    bounds: [],
    points: () => [point],
    labelText: () => labels,
    createdUnixMs: () => 0,
  }
}
