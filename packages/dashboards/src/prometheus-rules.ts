import type { Catalog } from '@quipu/catalog/builtin'
import { stringify } from 'yaml'
import { objectives as defaults, type Objectives } from './catalogue/objectives.js'
import type { Files } from './grafana-boards.js'
import { alertmanagerSample } from './rules/alertmanager-sample.js'
import { alertGroups } from './rules/alerts/alerts.js'
import { recordings } from './rules/recordings.js'
import { runbooks } from './rules/runbooks.js'
import { toAlert } from './rules/to-alert.js'
import { toRuleTests } from './rules/to-rule-tests.js'

/** What the rules are made with. */
export interface RuleOptions {
  /** Limits of your own; the others stay as they are. */
  readonly objectives?: Partial<Objectives>
  /** Where the runbooks are served; default: the file beside the rules. */
  readonly runbookUrl?: string
}

/**
 * The Prometheus rules of a catalogue: recording rules, alerts, promtool's tests of both, a page of runbooks, and a sample
 * configuration of Alertmanager.
 *
 * Returns text by file name. The rules read the built-in metrics, which every recorder has, so they are the same for each
 * catalogue. Never throws.
 *
 * Source: Google SRE workbook, "Alerting on SLOs", for the burn rates.
 *
 * @example
 * const files = prometheusRules(builtinCatalog, { objectives: { dollarsPerDay: 20 } })
 * files['rules/alerts.yaml'].includes('CostBudgetSpent') // true
 */
export function prometheusRules(_catalog: Catalog, options: RuleOptions = {}): Files {
  const groups = alertGroups({ ...defaults, ...options.objectives })
  const alerts = Object.values(groups).flat()
  const runbookUrl = options.runbookUrl ?? 'rules/runbooks.md'
  return {
    'rules/recordings.yaml': toYaml({ groups: [{ name: 'quipu-recordings', rules: recordings }] }),
    'rules/alerts.yaml': toYaml({
      groups: Object.entries(groups).map(([name, rules]) => ({
        name,
        rules: rules.map((rule) => toAlert(rule, runbookUrl)),
      })),
    }),
    ...Object.fromEntries(
      Object.entries(toRuleTests(groups, runbookUrl)).map(([name, tests]) => [`rules/${name}.yaml`, toYaml(tests)]),
    ),
    'rules/runbooks.md': runbooks(alerts),
    'rules/alertmanager.yaml': alertmanagerSample,
  }
}

function toYaml(document: unknown): string {
  return `# Generated from the catalogue by @quipu/dashboards: change it there.\n${stringify(document, { lineWidth: 0 })}`
}
