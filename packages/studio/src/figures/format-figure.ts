/** Unit of a number. */
export type Unit =
  | 'count'
  | 'seconds'
  | 'milliseconds'
  | 'bytes'
  | 'ratio'
  | 'dollars'
  | 'perMinute'
  | 'perSecond'
  | 'number'

const MISSING = '–'

/** Formats a figure with three digits and its unit; a dash for an unknown one. */
export function formatFigure(value: number | undefined, unit: Unit): string {
  if (value === undefined || Number.isNaN(value)) return MISSING
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value < 0) return `−${formatFigure(-value, unit)}`
  switch (unit) {
    case 'count':
      return formatCount(value)
    case 'seconds':
      return formatSeconds(value)
    case 'milliseconds':
      return formatSeconds(value / 1000)
    case 'bytes':
      return formatScaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])
    case 'ratio':
      return `${threeDigits(value * 100)} %`
    case 'dollars':
      return value !== 0 && value < 0.01 ? `$${value.toPrecision(2)}` : `$${formatCents(value)}`
    case 'perMinute':
      return `${formatCount(value)}/min`
    case 'perSecond':
      return `${threeDigits(value)}/s`
    case 'number':
      return Math.abs(value) >= 100_000 ? formatCount(value) : threeDigits(value)
  }
}

/** Formats a number with all its digits, in groups of three. */
export function formatExact(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en-US', { maximumFractionDigits: 9 }) : String(value)
}

/** Returns the unit of a family, from the page's metadata or the suffix of its name. */
export function unitOf({ name, unit }: { readonly name: string; readonly unit: string }): Unit {
  const word = unit || (/_(seconds|milliseconds|bytes|ratio|dollars)$/.exec(name)?.[1] ?? '')
  if (word === 'seconds' || word === 'milliseconds' || word === 'bytes' || word === 'ratio' || word === 'dollars')
    return word
  return 'number'
}

function formatCount(value: number): string {
  if (value < 10_000) return Number.isInteger(value) ? value.toLocaleString('en-US') : threeDigits(value)
  return formatScaled(value, 1000, ['', 'k', 'M', 'G', 'T'])
}

function formatSeconds(value: number): string {
  if (value === 0) return '0 s'
  if (value < 0.001) return `${threeDigits(value * 1e6)} µs`
  if (value < 1) return `${threeDigits(value * 1000)} ms`
  if (value < 120) return `${threeDigits(value)} s`
  return value < 7200 ? `${threeDigits(value / 60)} min` : `${threeDigits(value / 3600)} h`
}

function formatScaled(value: number, base: number, units: readonly string[]): string {
  let step = 0
  let scaled = value
  while (scaled >= base && step < units.length - 1) {
    scaled /= base
    step++
  }
  return `${threeDigits(scaled)} ${units[step] ?? ''}`.trim()
}

function formatCents(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

function threeDigits(value: number): string {
  return value === 0 ? '0' : Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 })
}
