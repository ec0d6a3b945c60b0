/**
 * The reason why a value is invalid, for `quipu_dropped_total{reason}`; `not_finite` also if the sum would be infinite.
 */
export function rejection(value: unknown, lowest = 0): string {
  if (typeof value !== 'number') return 'not_a_number'
  if (value < lowest && Number.isFinite(value)) return 'negative'
  return 'not_finite'
}
