/** Formats a sample's value in the shortest form that parses to the same number. */
export function valueText(value: number): string {
  if (value - value === 0) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

/**
 * Formats a bound or quantile as a label value in OpenMetrics' canonical form (1.0 specification, "Canonical numbers"):
 * `1.0`, `0.25`, `1e+06`. Text 0.0.4 allows any spelling and gets the same one: `le` is part of a series' identity, and
 * a second spelling would split every series when a Prometheus 2 negotiates another format. Prometheus 3 and
 * SecureTrack's client use this form as well.
 */
export function canonicalText(value: number): string {
  if (value - value !== 0) return valueText(value)
  if (value === 0) return '0.0'
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  // Like Go's %g: an exponent below 10^-4 and from 10^6, with at least two digits.
  if (power < -4 || power >= 6) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}
