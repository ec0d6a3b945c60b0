import type { MetricRules } from './lint-rule.js'

/**
 * OpenTelemetry's naming guidelines ("Metrics semantic conventions, general guidelines"). The rules for names apply to
 * dotted names only: a name without dots follows Prometheus' naming rules, which require a unit and `_total`.
 */
export const otelRules: MetricRules = function* (key, { kind, unit }, entries) {
  if (unit !== undefined && /^[A-Za-z]{4,}$/.test(unit) && !/^[KMGT]iBy$/.test(unit)) {
    yield ['ucum', `unit ${unit} is a word; UCUM has s, ms, By, {token}`]
  }
  if (!key.includes('.')) return
  const last = key.slice(key.lastIndexOf('.') + 1)
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(key)) yield ['otel-case', 'should be lower case words and dots']
  if (kind === 'counter' && /(^|_)total$/.test(last)) yield ['otel-total', 'should not end in total']
  if (/(^|_)(seconds|milliseconds|bytes|ratio)$/.test(last)) yield ['otel-unit', 'should not end in its unit']
  const inside = entries.find(([other]) => other.startsWith(`${key}.`))
  if (inside) yield ['otel-namespace', `is a metric and also the namespace of ${inside[0]}`]
}
