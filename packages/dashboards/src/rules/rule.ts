/** Urgency of an alert: at once, in working hours, or when there is time. */
export type Severity = 'page' | 'ticket' | 'info'

/** A series of a rule's test, in promtool's notation: `0+60x30` grows by 60 per minute for 30 minutes. */
export interface TestSeries {
  readonly series: string
  readonly values: string
}

/** A test of a rule: the series in Prometheus, and the time of the evaluation. */
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
  /** Time for which the condition must hold: `10m`. */
  readonly for?: string
  /** The board with details. */
  readonly board: string
  /** One line; may use Prometheus' templates. */
  readonly summary: string
  /** The values. */
  readonly description: string
  readonly runbook: {
    readonly means: string
    readonly causes: readonly string[]
    readonly act: string
  }
  /** A state in which the alert fires, with its labels and text. */
  readonly fires: RuleTest & { readonly labels: { readonly [label: string]: string }; readonly says: string }
  /** A similar state in which it must not fire. */
  readonly silent: RuleTest
}

/** An expression whose value is stored under its own name. */
export interface RecordingRule {
  readonly record: string
  readonly expr: string
}
