import type { AlertRule, RuleTest } from './rule.js'
import { toAlert } from './to-alert.js'

/** Tests over a day are evaluated at longer intervals, because each evaluation reads the whole day. */
const MOST_MINUTES_OF_SHORT = 500

/** Creates promtool's tests of the alerts, by file: one state in which each fires, and one in which it does not. */
export function toRuleTests(alertGroups: { readonly [group: string]: readonly AlertRule[] }, runbookUrl: string) {
  const groups = ['quipu-recordings', ...Object.keys(alertGroups)]
  const tests = Object.values(alertGroups)
    .flat()
    .flatMap((rule) => {
      const { annotations, labels } = toAlert(rule, runbookUrl)
      const alert = {
        exp_labels: { ...labels, ...rule.fires.labels },
        exp_annotations: {
          ...annotations,
          summary: fill(rule.summary, rule.fires.labels),
          description: rule.fires.says,
        },
      }
      return [
        toTest(`${rule.name} fires`, rule, rule.fires, [alert]),
        toTest(`${rule.name} is silent`, rule, rule.silent, []),
      ]
    })
  const isLong = ({ alert_rule_test: [{ eval_time }] }: RuleTestCase) =>
    Number.parseInt(eval_time, 10) > MOST_MINUTES_OF_SHORT
  return {
    tests: toFile(
      '1m',
      groups,
      tests.filter((test) => !isLong(test)),
    ),
    'tests-of-days': toFile('15m', groups, tests.filter(isLong)),
  }
}

type RuleTestCase = ReturnType<typeof toTest>

function toFile(evaluationInterval: string, groups: readonly string[], tests: readonly RuleTestCase[]) {
  return {
    rule_files: ['recordings.yaml', 'alerts.yaml'],
    evaluation_interval: evaluationInterval,
    // Groups that are not listed here may be evaluated first, before the recorded values exist.
    group_eval_order: groups,
    tests,
  }
}

function toTest(name: string, rule: AlertRule, { input, at }: RuleTest, alerts: readonly object[]) {
  return {
    name,
    interval: '1m',
    input_series: input,
    alert_rule_test: [{ eval_time: at, alertname: rule.name, exp_alerts: alerts }] as const,
  }
}

function fill(template: string, labels: { readonly [label: string]: string }): string {
  return template.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '')
}
