import type { MetricSpec } from '../types.js'

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

/** What one metric violates; `entries` are all of its catalogue. */
export type MetricRules = (
  key: string,
  spec: MetricSpec,
  entries: readonly (readonly [key: string, spec: MetricSpec])[],
) => Iterable<readonly [rule: LintRule, message: string]>
