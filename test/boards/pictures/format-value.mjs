// @ts-check

/**
 * Formats a value for people, by Grafana's id of its unit.
 * @param {number} value
 * @param {string} unit
 * @returns {string}
 */
export function formatValue(value, unit) {
  if (!Number.isFinite(value)) return 'no data'
  switch (unit) {
    case 's':
      return formatSeconds(value)
    case 'ms':
      return formatSeconds(value / 1000)
    case 'dtdurations':
      return formatSeconds(value)
    case 'percentunit':
      return `${short(value * 100)} %`
    case 'bytes':
      return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB'])
    case 'currencyUSD':
      return `$${short(value)}`
    case 'reqps':
      return `${short(value)} req/s`
    case 'cps':
      return `${short(value)} /s`
    case 'opm':
      return `${short(value)} /min`
    default:
      return scaled(value, 1000, ['', 'k', 'M', 'G'])
  }
}

/** @param {number} seconds */
function formatSeconds(seconds) {
  if (seconds === 0) return '0 s'
  if (seconds < 0.001) return `${short(seconds * 1e6)} µs`
  if (seconds < 1) return `${short(seconds * 1000)} ms`
  return seconds < 120 ? `${short(seconds)} s` : `${short(seconds / 60)} min`
}

/**
 * @param {number} value
 * @param {number} base
 * @param {readonly string[]} units
 */
function scaled(value, base, units) {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(Math.abs(value) || 1) / Math.log(base))))
  return `${short(value / base ** power)} ${units[power]}`.trimEnd()
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toPrecision(3)))
}
