import { nameErrors } from '../collisions.js'
import type { ErrorCode } from '../errors.js'
import type { Catalog } from '../types.js'
import { lintExceptions } from './lint-exceptions.js'
import type { LintException, LintFinding, LintRule } from './lint-rule.js'
import { otelRules } from './otel-rules.js'
import { prometheusRules } from './prometheus-rules.js'
import { quipuRules } from './quipu-rules.js'

/** What a linter is told. */
export interface LintOptions {
  /** Beside those of the built-in entries. */
  readonly exceptions?: readonly LintException[]
}

/**
 * What is unusual about the metrics of a catalogue: promlint's rules on the names that pages have, OpenTelemetry's
 * naming guidelines, names that collide, and whether privacy and merging were thought of. Returns an empty list for a
 * clean catalogue, never throws.
 *
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
