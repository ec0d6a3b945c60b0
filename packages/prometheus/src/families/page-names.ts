import { type MetricKind, toPrometheusName } from '@quipu/catalog/builtin'
import type { MetricReading } from '@quipu/store'
import { type EscapingScheme, escapeName, isLegacyName } from './escaping.js'
import { cleanForeignText } from './label-text.js'

/**
 * Returns the family name of a metric in a scheme. `underscores` is OpenTelemetry's translation. In the other schemes a
 * name keeps its characters and has the same suffixes, like `NoUTF8EscapingWithSuffixes` in Prometheus' OTLP receiver:
 * `http.server.request.duration_seconds`. A name of legacy characters is the same in both.
 */
export function toPageName(name: string, kind: MetricKind, unit: string | undefined, scheme: EscapingScheme): string {
  if (scheme === 'underscores') return toPrometheusName(name, kind, unit)
  const cleaned = cleanForeignText(name).replaceAll('\n', '')
  if (cleaned === '' || isLegacyName(cleaned, 'metric')) {
    return escapeName(toPrometheusName(cleaned, kind, unit), scheme)
  }
  return escapeName(withSuffixes(cleaned, kind, unit), scheme)
}

/** Like `toPageName` for a metric of the catalogue. An entry's own `prometheusName` is used unchanged. */
export function catalogPageName({ name, spec, prometheusName }: MetricReading, scheme: EscapingScheme): string {
  if (scheme === 'underscores') return prometheusName
  const isGiven = spec.prometheusName !== undefined || isLegacyName(name, 'metric')
  return isGiven ? escapeName(prometheusName, scheme) : toPageName(name, spec.kind, spec.unit, scheme)
}

/** Returns the spelling of a unit in names: `s` → `seconds`. */
export function unitInWords(unit: string | undefined): string {
  return toPrometheusName('x', 'upDownCounter', unit).slice('x_'.length)
}

function withSuffixes(name: string, kind: MetricKind, unit: string | undefined): string {
  const [, main = '', per = ''] = /^(.*?)(?:(?:^|_)(per_.*))?$/.exec(unitInWords(unit)) ?? []
  const last = kind === 'counter' ? 'total' : kind === 'gauge' && unit === '1' ? 'ratio' : ''
  let base = withoutSuffix(withoutSuffix(name, last), per)
  if (main !== '' && !base.endsWith(main)) base = `${base}_${main}`
  return [base, per, last].filter(Boolean).join('_')
}

/** Returns a name without a suffix and the `_` before it. */
function withoutSuffix(name: string, suffix: string): string {
  const isThere = suffix !== '' && name.endsWith(suffix) && name.length > suffix.length + 1
  return isThere ? name.slice(0, -suffix.length - 1) : name
}
