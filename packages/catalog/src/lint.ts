import { nameErrors } from './collisions.js'
import type { ErrorCode } from './errors.js'
import { lintExceptions } from './lint-exceptions.js'
import { otelRules } from './lint-otel.js'
import { prometheusRules } from './lint-prometheus.js'
import { quipuRules } from './lint-quipu.js'
import type { Catalog, MetricSpec } from './types.js'

/** A rule of the linter; findings and exceptions name it. */
export type LintRule =
  // promlint's, on the name that a page has
  | 'help'
  | 'counter-total'
  | 'non-counter-total'
  | 'base-unit'
  | 'unit-abbreviation'
  | 'type-in-name'
  | 'camel-case'
  | 'reserved-character'
  | 'reserved-suffix'
  | 'reserved-label'
  | 'duplicate'
  // OpenTelemetry's naming guidelines
  | 'otel-case'
  | 'otel-total'
  | 'otel-unit'
  | 'otel-namespace'
  | 'ucum'
  // our own
  | 'gauge-merge'
  | 'privacy'

/** Something that a rule objects to. */
export interface LintFinding {
  readonly rule: LintRule
  /** The catalogue key. */
  readonly name: string
  readonly message: string
}

/** A finding that is meant: who promised the name, or why the rule is wrong here. */
export interface LintException {
  readonly rule: LintRule
  readonly name: string
  readonly reason: string
}

/** What a linter is told. */
export interface LintOptions {
  /** Beside those of the built-in entries. */
  readonly exceptions?: readonly LintException[]
}

/** What one metric violates; `entries` are all of its catalogue. */
export type MetricRules = (
  key: string,
  spec: MetricSpec,
  entries: readonly (readonly [key: string, spec: MetricSpec])[],
) => Iterable<readonly [rule: LintRule, message: string]>

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
