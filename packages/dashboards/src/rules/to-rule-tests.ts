import type { AlertRule, RuleTest } from './rule.js'
import { toAlert } from './to-alert.js'

/** Tests that look back a day are evaluated less often: each evaluation reads that whole day. */
const MOST_MINUTES_OF_SHORT = 500

/** Promtool's tests of the alerts, by file: one state in which each fires, one in which it is silent. */
export function toRuleTests(alerts: readonly AlertRule[], runbookUrl: string) {
  const tests = alerts.flatMap((rule) => {
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
      tests.filter((test) => !isLong(test)),
    ),
    'tests-of-days': toFile('15m', tests.filter(isLong)),
  }
}

type RuleTestCase = ReturnType<typeof toTest>

function toFile(evaluationInterval: string, tests: readonly RuleTestCase[]) {
  return {
    rule_files: ['recordings.yaml', 'alerts.yaml'],
    evaluation_interval: evaluationInterval,
    group_eval_order: ['quipu-recordings'],
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
