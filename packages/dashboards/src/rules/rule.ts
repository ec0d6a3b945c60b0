/** Who should look, and when: at once, in working hours, or when there is time. */
export type Severity = 'page' | 'ticket' | 'info'

/** A series of a rule's test, in promtool's notation: `0+60x30` grows by 60 a minute for 30 minutes. */
export interface TestSeries {
  readonly series: string
  readonly values: string
}

/** A test of a rule: what Prometheus has, and when it is asked. */
export interface RuleTest {
  readonly input: readonly TestSeries[]
  /** Such as `30m`. */
  readonly at: string
}

/** An alert with its runbook. */
export interface AlertRule {
  readonly name: string
  readonly severity: Severity
  readonly expr: string
  /** How long it must hold: `10m`. */
  readonly for?: string
  /** The board that shows more. */
  readonly board: string
  /** One line; Prometheus' templates are allowed. */
  readonly summary: string
  /** The numbers. */
  readonly description: string
  readonly runbook: {
    readonly means: string
    readonly causes: readonly string[]
    readonly act: string
  }
  /** A state in which it fires, with the labels and the text that it then has. */
  readonly fires: RuleTest & { readonly labels: { readonly [label: string]: string }; readonly says: string }
  /** A state that looks alike, in which it must be silent. */
  readonly silent: RuleTest
}

/** An expression whose value is stored under a name of its own. */
export interface RecordingRule {
  readonly record: string
  readonly expr: string
}
