import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFolder, createAppFolder } from '../fixtures/run-node.js'

let apps: AppFolder

beforeAll(async () => {
  apps = await createAppFolder()
}, 120_000)
afterAll(() => apps.remove())

const ON = { FEATURE_METRICS_LOGGING_ENABLED: 'true' }
const LOG = "logMetric('llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5 })"
const LINE = '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5\n'

async function run(source: string, env: NodeJS.ProcessEnv = ON): Promise<string> {
  apps.write('app.mjs', source)
  const { code, stdout, stderr } = await apps.run('app.mjs', { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

describe('an application that never calls start()', () => {
  test.each([
    ['that ends by itself', ''],
    ['that exits at once', 'process.exit()'],
    ['that logs later', `await new Promise(setImmediate)\nawait new Promise(setImmediate)\n${LOG}`],
  ])('%s has its lines on standard output', async (_, rest) => {
    const printed = await run(`import { logMetric } from '@quipu/sdk'\n${LOG}\n${rest}`)
    expect(printed).toBe(LINE.repeat(rest.split(LOG).length))
  })

  test('and imports only the documented module has them as well', async () => {
    expect(await run(`import { logMetric } from '@quipu/sdk/metrics-logger'\n${LOG}`)).toBe(LINE)
  })

  test.each([
    ['hmac', /^\[METRIC\] \[[0-9a-f]{16}\] llm_call /],
    ['none', /^\[METRIC\] \[unknown\] llm_call /],
    ['misspelled', /^$/],
  ])('and has QUIPU_ACTIVITY_LOG_USERS=%s prints no address', async (users, expected) => {
    apps.write('app.mjs', `import { logMetric } from '@quipu/sdk'\n${LOG}`)
    const { code, stdout, stderr } = await apps.run('app.mjs', { env: { ...ON, QUIPU_ACTIVITY_LOG_USERS: users } })
    expect(code).toBe(0)
    expect(stderr.includes('QUIPU_ACTIVITY_LOG_USERS')).toBe(users === 'misspelled')
    expect(stdout).toMatch(expected)
    expect(stdout).not.toContain('user@example.com')
  })

  test.each([[{}], [{ ...ON, OTEL_SDK_DISABLED: 'true' }]])('prints nothing under %j', async (env) => {
    expect(await run(`import { logMetric } from '@quipu/sdk'\n${LOG}`, env)).toBe('')
  })

  test('opens no file and adds no listener while the flag is off', async () => {
    const source = `
      const before = process.listenerCount('exit')
      const immediate = globalThis.setImmediate
      globalThis.setImmediate = (...args) => {
        if (/default-lines|sdk.dist/.test(new Error().stack)) console.log('waits')
        return immediate(...args)
      }
      await import('@quipu/sdk')
      console.log(process.listenerCount('exit') - before)`
    expect(await run(source, {})).toBe('0\n')
  })
})

describe('a later start()', () => {
  const start = "start({ activityLog: { sink: (line) => console.log('own', line) } })"
  test.each([
    ['in the same turn', '', `own ${LINE}own ${LINE}`],
    ['later', 'await new Promise(setImmediate)\nawait new Promise(setImmediate)', `${LINE}own ${LINE}`],
  ])('%s, and no line is written twice', async (_, between, expected) => {
    const source = `import { logMetric, start } from '@quipu/sdk'\n${LOG}\n${between}\n${start}\n${LOG}`
    expect(await run(source)).toBe(expected)
  })

  test('that turns the log off writes no line', async () => {
    const off = 'start({ activityLog: { enabled: false } })'
    expect(await run(`import { logMetric, start } from '@quipu/sdk'\n${off}\n${LOG}`)).toBe('')
  })
})
