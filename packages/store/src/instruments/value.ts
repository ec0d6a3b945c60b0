/** Why a value was not taken, as `quipu_dropped_total{reason}` says it; `not_finite` also where its sum would be. */
export function rejection(value: unknown, lowest = 0): string {
  if (typeof value !== 'number') return 'not_a_number'
  if (value < lowest && Number.isFinite(value)) return 'negative'
  return 'not_finite'
}
