import type { Exemplar } from '@quipu/store'
import { escapeLabelValue } from '../families/label-text.js'
import { valueText } from './number-text.js'

/** Maximum length of an exemplar's label names and values together (OpenMetrics 1.0, "Exemplars"). */
const MAX_CHARACTERS = 128

/**
 * Returns ` # {trace_id="…",span_id="…"} value time`, or an empty text for an exemplar without a trace or over the
 * limit.
 */
export function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined || exemplar.traceId === '') return ''
  const labels = [
    ['trace_id', exemplar.traceId],
    ['span_id', exemplar.spanId],
  ].filter(([, value]) => value !== '')
  const characters = labels.reduce((sum, pair) => sum + [...pair.join('')].length, 0)
  if (characters > MAX_CHARACTERS) return ''
  const text = labels.map(([name, value = '']) => `${name}="${escapeLabelValue(value)}"`).join(',')
  return ` # {${text}} ${valueText(exemplar.value)} ${(exemplar.unixMs / 1000).toFixed(3)}`
}
