import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtinCatalog } from '@quipu/catalog'
import { prometheusRules } from '@quipu/dashboards'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { describeWithServer, promtool, serverPath } from '../servers/index.js'
import { runProgram } from '../servers/run-program.js'
import { createTemporaryDirectory, type TemporaryDirectory } from '../servers/temporary-directory.js'

// Sloth writes alerts for the same objective. Prometheus' own rule engine evaluates both on the same days.

const objective = {
  version: 'prometheus/v1',
  service: 'quipu',
  slos: [
    {
      name: 'calls',
      objective: 99,
      sli: {
        events: {
          error_query: 'sum(rate(llm_errors_total[{{.window}}]))',
          total_query: 'sum(rate(llm_requests_total[{{.window}}]))',
        },
      },
      alerting: {
        name: 'Sloth',
        page_alert: { labels: { severity: 'page' } },
        ticket_alert: { labels: { severity: 'ticket' } },
      },
    },
  ],
}
const pairs = [
  { severity: 'page', ours: 'LLMErrorBudgetFastBurn' },
  { severity: 'ticket', ours: 'LLMErrorBudgetSlowBurn' },
] as const

/** Minutes of 100 calls each, with this number of failures, or without a scrape, after which the process is new. */
const days: readonly (readonly [minutes: number, failures: number | 'no scrape'])[] = [
  [600, 0],
  [20, 60],
  [400, 0],
  [7, 100],
  [300, 0],
  [90, 10],
  [30, 'no scrape'],
  [600, 2],
  [360, 7],
  [900, 0],
  [800, 4],
  [500, 0.5],
  [400, 30],
  [700, 0],
]
const minutes = days.reduce((sum, [length]) => sum + length, 0)

interface Rule {
  readonly alert?: string
  readonly expr: string
  readonly labels?: { readonly severity?: string }
}
interface Group {
  readonly name: string
  readonly rules: readonly Rule[]
}
const groupsOf = (text: string): readonly Group[] => parse(text).groups

describeWithServer(['promtool', 'sloth'], 'the burn-rate alerts beside those of Sloth', () => {
  let directory: TemporaryDirectory
  let ours: readonly Group[] = []
  let theirs: readonly Group[] = []
  beforeAll(async () => {
    directory = createTemporaryDirectory('sloth')
    const at = (file: string): string => join(directory.path, file)
    writeFileSync(at('objective.yaml'), stringify(objective))
    const made = await runProgram(serverPath('sloth'), ['generate', '-i', at('objective.yaml'), '-o', at('sloth.yaml')])
    expect(made.code, made.stderr).toBe(0)
    theirs = groupsOf(readFileSync(at('sloth.yaml'), 'utf8'))
    const files = prometheusRules(builtinCatalog, { objectives: { llmSuccess: 0.99 } })
    const alerts = groupsOf(files['rules/alerts.yaml'] ?? '').flatMap(({ rules }) => rules)
    const rules = alerts.filter(({ alert }) => pairs.some(({ ours }) => ours === alert))
    ours = [...groupsOf(files['rules/recordings.yaml'] ?? ''), { name: 'alerts', rules }]
    writeFileSync(at('quipu.yaml'), stringify({ groups: ours }))
  }, 60_000)
  afterAll(() => directory?.remove())

  test.each(pairs)('have the windows and limits of its $severity', ({ severity, ours: name }) => {
    const isAlert = ({ alert, labels }: Rule) => alert !== undefined && labels?.severity === severity
    const [our, ...others] = ours.flatMap(({ rules }) => rules.filter(isAlert))
    const [their] = theirs.flatMap(({ rules }) => rules.filter(isAlert))
    expect([our?.alert, others]).toEqual([name, []])
    expect(limitsOf(our)).toHaveLength(4)
    expect(limitsOf(our)).toEqual(limitsOf(their))
  })

  test('fire and are silent at the same times of four days with failures of every kind', async () => {
    const file = join(directory.path, 'test.yaml')
    writeFileSync(file, stringify(comparison([...ours, ...theirs].map(({ name }) => name))))
    const { code, stdout, stderr } = await promtool(['test', 'rules', file], '', directory.path)
    expect(`${stdout}${stderr}`).toContain('SUCCESS')
    expect(code).toBe(0)
  }, 180_000)
})

/** Windows and limits of an alert's conditions, in their order. */
function limitsOf(rule: Rule | undefined): readonly (readonly [window: string, limit: number])[] {
  const conditions = /ratio_rate(\w+)(?:\{[^}]*\})? > \(?([\d.]+)(?: \* ([\d.]+))?/g
  return [...(rule?.expr ?? '').matchAll(conditions)].map(([, window = '', factor, budget = '1']) => [
    window,
    Number((Number(factor) * Number(budget)).toPrecision(6)),
  ])
}

/** A test of promtool: at no time does one of two alerts fire alone, and each begins and ends several times. */
function comparison(groups: readonly string[]) {
  const firing = (selector: string) => `(count(ALERTS{alertstate="firing",${selector}}) or vector(0))`
  const range = `[${minutes}m:5m]`
  const expressions = pairs.flatMap(({ severity, ours }) => {
    const our = firing(`alertname="${ours}"`)
    const their = firing(`sloth_severity="${severity}"`)
    return [
      [`max_over_time(abs(${our} - ${their})${range})`, 0] as const,
      [`changes(${our}${range}) >= bool 4`, 1] as const,
      [`changes(${their}${range}) >= bool 4`, 1] as const,
    ]
  })
  return {
    rule_files: ['quipu.yaml', 'sloth.yaml'],
    evaluation_interval: '5m',
    group_eval_order: groups,
    tests: [
      {
        interval: '1m',
        input_series: [
          { series: 'llm_requests_total{job="app",model="m",endpoint="chat"}', values: counter(() => 100) },
          { series: 'llm_errors_total{job="app",model="m",error_type="server_error"}', values: counter((n) => n) },
        ],
        promql_expr_test: expressions.map(([expr, value]) => ({
          expr,
          eval_time: `${minutes}m`,
          exp_samples: [{ labels: '{}', value }],
        })),
      },
    ],
  }
}

/** A counter over the days, in promtool's notation. */
function counter(perMinute: (failures: number) => number): string {
  let value = 0
  return days
    .map(([length, failures]) => {
      if (failures === 'no scrape') {
        value = 0
        return `_x${length}`
      }
      const start = value
      value += perMinute(failures) * length
      return `${start}+${perMinute(failures)}x${length - 1}`
    })
    .join(' ')
}
