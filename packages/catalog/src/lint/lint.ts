import { nameErrors } from '../collisions.js'
import type { ErrorCode } from '../errors.js'
import type { Catalog } from '../types.js'
import { lintExceptions } from './lint-exceptions.js'
import type { LintException, LintFinding, LintRule } from './lint-rule.js'
import { otelRules } from './otel-rules.js'
import { prometheusRules } from './prometheus-rules.js'
import { quipuRules } from './quipu-rules.js'

/** Options of `lint`. */
export interface LintOptions {
  /** Exceptions in addition to those of the built-in entries. */
  readonly exceptions?: readonly LintException[]
}

/**
 * Checks a catalogue against promlint's rules for the names on pages, OpenTelemetry's naming guidelines and Quipu's own
 * rules: no two names collide, and each metric declares its privacy and how processes are merged.
 *
 * @param catalog the metrics to check
 * @returns one finding per violation, empty for a clean catalogue; never throws
 * @see https://opentelemetry.io/docs/specs/semconv/general/metrics/
 * @example
 * lint(defineMetrics({ wait_ms: { kind: 'gauge', help: 'Waiting', merge: 'max' } }))
 * // [{ rule: 'unit-abbreviation', name: 'wait_ms', message: 'wait_ms has the abbreviated unit ms' }]
 */
export function lint(catalog: Catalog, options: LintOptions = {}): readonly LintFinding[] {
  const exceptions = [...lintExceptions, ...(options.exceptions ?? [])]
  const excepted = new Set(exceptions.map(({ rule, name }) => `${rule} ${name}`))
  const entries = Object.entries(catalog.metrics)
  const findings: LintFinding[] = []
  for (const [name, spec] of entries) {
    for (const rules of [prometheusRules, otelRules, quipuRules]) {
      for (const [rule, message] of rules(name, spec, entries)) findings.push({ rule, name, message })
    }
  }
  for (const { key, error } of nameErrors(entries)) {
    findings.push({ rule: ruleOfCode(error.code), name: key, message: error.what })
  }
  return findings.filter(({ rule, name }) => !excepted.has(`${rule} ${name}`))
}

function ruleOfCode(code: ErrorCode): LintRule {
  return code === 'QUIPU_CATALOG_NAME_COLLISION' ? 'duplicate' : 'reserved-label'
}
