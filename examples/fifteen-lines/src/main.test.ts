import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const build = fileURLToPath(new URL('../../../scripts/build.mjs', import.meta.url))

beforeAll(() => {
  const built = spawnSync(process.execPath, [build, folder], { encoding: 'utf8' })
  expect(built.stdout + built.stderr).toBe('')
}, 180_000)

const figures = `one threat [
  'feature_usage_total{feature_name="threat_analysis"} 1',
  'user_action_total{action_type="export_report"} 1',
  'user_action_total{action_type="document_upload"} 1'
]
`
const outcome = '{ dropped: 0, errors: [] }\n'

test('the fifteen lines print what the README says', () => {
  const env = { PATH: process.env.PATH, FEATURE_METRICS_LOGGING_ENABLED: 'true' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { encoding: 'utf8', timeout: 60_000, env })
  expect(stderr).toBe('')
  expect(stdout).toBe(`[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5\n${figures}${outcome}`)
  expect(status).toBe(0)
}, 60_000)

test('without the flag there is no line', () => {
  const env = { PATH: process.env.PATH }
  const { stdout } = spawnSync(process.execPath, [main], { encoding: 'utf8', timeout: 60_000, env })
  expect(stdout).toBe(figures + outcome)
}, 60_000)
