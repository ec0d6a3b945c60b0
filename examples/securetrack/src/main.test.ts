import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const build = fileURLToPath(new URL('../../../scripts/build.mjs', import.meta.url))
const broken = new URL('../fixtures/one-login-too-many.mjs', import.meta.url).href

beforeAll(() => {
  // Unchanged packages are not built again.
  const built = spawnSync(process.execPath, [build, folder], { encoding: 'utf8' })
  expect(built.stdout + built.stderr).toBe('')
}, 180_000)

function run(...args: string[]) {
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000, env: { PATH: process.env.PATH } })
}

describe('npm start -- --once', () => {
  test('prints both pages and the lines, and exits 0 when they equal the workload', () => {
    const { status, stdout, stderr } = run(main, '--once')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/── http:\/\/127\.0\.0\.1:\d+\/metrics\n/)
    expect(stdout).toMatch(/── http:\/\/127\.0\.0\.1:\d+\/custom_metrics\n/)
    expect(stdout).toContain('llm_requests_total{model="gpt-4o-mini",endpoint="chat"}')
    expect(stdout).toContain('\n[METRIC] [ana@example.com] tool_call tool_name=calculator\n')
    expect(stdout).toMatch(/All \d{3} figures are equal\.\n$/)
    expect(status).toBe(0)
  }, 60_000)

  test('exits 1 when one count is wrong, and names it', () => {
    const { status, stdout } = run('--import', broken, main, '--once')
    expect(stdout).toMatch(/user_logins_total: expected 9, got 10/)
    expect(status).toBe(1)
  }, 60_000)
})

describe('npm start', () => {
  test('shows the pages, lines and a summary, and stops cleanly on a signal', async () => {
    const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    await expect.poll(() => out, { timeout: 20_000 }).toMatch(/\[METRIC\] \[.+@example\.com\] llm_call /)
    const [url] = /http:\S+\/custom_metrics/.exec(out) ?? []
    expect(await (await fetch(String(url))).text()).toContain('# TYPE llm_requests_total counter')
    child.kill('SIGTERM')
    const [status] = await once(child, 'exit')
    expect({ status, errors }).toEqual({ status: 0, errors: '' })
    expect(out).toContain('main series')
  }, 60_000)

  test('refuses unknown arguments', () => {
    const { status, stderr } = run(main, '--port', 'many')
    expect(stderr).toContain('usage:')
    expect(status).toBe(2)
  })
})
