import type { AlertRule } from './rule.js'

/** An alert in Prometheus' format. */
export interface PrometheusAlert {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly [label: string]: string }
  readonly annotations: { readonly [name: string]: string }
}

/** Converts an alert and adds its links. */
export function toAlert(rule: AlertRule, runbookUrl: string): PrometheusAlert {
  return {
    alert: rule.name,
    expr: rule.expr,
    ...(rule.for !== undefined && { for: rule.for }),
    labels: { severity: rule.severity },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      runbook_url: `${runbookUrl}#${rule.name.toLowerCase()}`,
      dashboard: `/d/quipu-${rule.board}`,
    },
  }
}
