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

/** Options of the rules. */
export interface RuleOptions {
  /** Your own limits; the others keep their defaults. */
  readonly objectives?: Partial<Objectives>
  /** URL of the runbooks; default: the file beside the rules. */
  readonly runbookUrl?: string
}

/**
 * Generates the Prometheus rules of a catalogue: recording rules, alerts, promtool's tests of both, runbooks, and a
 * sample configuration of Alertmanager. The rules read the built-in metrics, which every recorder has, so they are the
 * same for each catalogue.
 *
 * @param _catalog the result of `defineMetrics`, `defineEvents` or `mergeCatalogs`
 * @param options limits and the URL of the runbooks
 * @returns text by file name; never throws
 * @see https://sre.google/workbook/alerting-on-slos/ for the burn rates
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
