import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeWithServer, promtool } from '../servers/index.js'

const folder = fileURLToPath(new URL('../../rules', import.meta.url))

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert?: string; expr: string }[] }[]
}

const readRules = (): RuleFile => parse(readFileSync(join(folder, 'alerts.yaml'), 'utf8'))
const alerts = readRules().groups.flatMap(({ rules }) =>
  rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert])),
)

describeWithServer('promtool', 'the generated rules', () => {
  test('are valid', async () => {
    const { code, stdout } = await promtool(['check', 'rules', 'recordings.yaml', 'alerts.yaml'], '', folder)
    expect(stdout).toContain(`SUCCESS: ${alerts.length} rules found`)
    expect(code).toBe(0)
  })

  test.each(['tests.yaml', 'tests-of-days.yaml'])(
    'fire and are silent where they should, with the text that they should have: %s',
    async (file) => {
      const { code, stdout, stderr } = await promtool(['test', 'rules', file], '', folder)
      expect(`${stdout}${stderr}`).toContain('SUCCESS')
      expect(code).toBe(0)
    },
    180_000,
  )
})

test('every alert has a test in which it fires and one in which it does not', () => {
  const tests = ['tests.yaml', 'tests-of-days.yaml'].flatMap((file) => readTests(file).tests)
  const wanted = alerts.flatMap((alert) => [`${alert} fires: 1`, `${alert} is silent: 0`])
  const found = tests.map(({ name, alert_rule_test: [test] }) => `${name}: ${test?.exp_alerts.length}`)
  expect(found.sort()).toEqual(wanted.sort())
})

interface TestFile {
  readonly tests: readonly {
    readonly name: string
    readonly alert_rule_test: readonly { readonly exp_alerts: readonly unknown[] }[]
  }[]
}

function readTests(file: string): TestFile {
  return parse(readFileSync(join(folder, file), 'utf8'))
}
