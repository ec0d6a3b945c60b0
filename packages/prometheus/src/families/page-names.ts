import { type MetricKind, toPrometheusName } from '@quipu/catalog/builtin'
import type { MetricReading } from '@quipu/core'
import { type EscapingScheme, escapeName, isLegacyName } from './escaping.js'
import { cleanForeignText } from './label-text.js'

/**
 * The family name that a metric has on a page of a scheme. `underscores` is OpenTelemetry's translation; in the other
 * schemes a name keeps its characters and has the same suffixes, as Prometheus' own OTLP receiver has it with
 * `NoUTF8EscapingWithSuffixes`: `http.server.request.duration_seconds`. A name of legacy characters is the same in both.
 */
export function toPageName(name: string, kind: MetricKind, unit: string | undefined, scheme: EscapingScheme): string {
  if (scheme === 'underscores') return toPrometheusName(name, kind, unit)
  const cleaned = cleanForeignText(name).replaceAll('\n', '')
  if (cleaned === '' || isLegacyName(cleaned, 'metric')) {
    return escapeName(toPrometheusName(cleaned, kind, unit), scheme)
  }
  return escapeName(withSuffixes(cleaned, kind, unit), scheme)
}

/** The same for a metric of the catalogue; a name that its entry gives for pages is the name. */
export function catalogPageName({ name, spec, prometheusName }: MetricReading, scheme: EscapingScheme): string {
  if (scheme === 'underscores') return prometheusName
  const isGiven = spec.prometheusName !== undefined || isLegacyName(name, 'metric')
  return isGiven ? escapeName(prometheusName, scheme) : toPageName(name, spec.kind, spec.unit, scheme)
}

/** `s` → `seconds`: what the naming rules add to a name for a unit. */
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

/** A name without a suffix and what stands before it. */
function withoutSuffix(name: string, suffix: string): string {
  const isThere = suffix !== '' && name.endsWith(suffix) && name.length > suffix.length + 1
  return isThere ? name.slice(0, -suffix.length - 1) : name
}
