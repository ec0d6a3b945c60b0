export type { Objectives } from './catalogue/objectives.js'
export { metricsDoc } from './docs/metrics-doc.js'
export { type Files, grafanaBoards } from './grafana-boards.js'
export { prometheusRules, type RuleOptions } from './prometheus-rules.js'
