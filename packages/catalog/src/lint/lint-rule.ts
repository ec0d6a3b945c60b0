import type { MetricSpec } from '../types.js'

/** A rule of the linter, as findings and exceptions name it. */
export type LintRule =
  // promlint's rules, for the name on a page
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
  // Quipu's own
  | 'gauge-merge'
  | 'privacy'

/** A violation of a rule. */
export interface LintFinding {
  readonly rule: LintRule
  /** The catalogue key. */
  readonly name: string
  readonly message: string
}

/** An intended violation, with the reason for it. */
export interface LintException {
  readonly rule: LintRule
  readonly name: string
  readonly reason: string
}

/** Yields the rules that one metric violates; `entries` are all metrics of its catalogue. */
export type MetricRules = (
  key: string,
  spec: MetricSpec,
  entries: readonly (readonly [key: string, spec: MetricSpec])[],
) => Iterable<readonly [rule: LintRule, message: string]>
