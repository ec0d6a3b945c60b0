import { expect, test, vi } from 'vitest'
import { runCaptured } from '../../fixtures/run-captured.js'

test('demo --once compares the page with its workload, and both are equal', async () => {
  const { code, out } = await runCaptured(['demo', '--once'])
  expect(out).toContain('All 15 figures are equal.')
  expect(out).toMatch(/^rate limits that a retry hid +(\d) +\1 {2}ok$/m)
  expect(code).toBe(0)
})

test('demo shows its visitors in the studio until it is interrupted', async () => {
  const interruption = new AbortController()
  let out = ''
  const ended = runCaptured(['demo'], {
    interruption: () => interruption.signal,
    out: async (text) => {
      out += text
    },
  })
  try {
    const found = (pattern: RegExp) => vi.waitFor(() => expect(out).toMatch(pattern), 10_000)
    await found(/^studio {2}http:\S+\/quipu$/m)
    await found(/^\[METRIC\] \[ana@example\.com\] llm_call model=gpt-5-mini/m)
    const [studio = ''] = /http:\S+\/quipu$/m.exec(out) ?? []
    expect(await (await fetch(studio)).text()).toMatch(/<title>.*Quipu/)
    expect(await (await fetch(`${studio}/lines?after=-1`)).json()).toMatchObject({
      lines: expect.arrayContaining([expect.stringContaining('llm_call')]),
    })
    const page = await (await fetch(studio.replace('quipu', 'custom_metrics'))).text()
    expect(page).toContain('llm_requests_total{model="gpt-5-mini"')
    const standard = await (await fetch(studio.replace('quipu', 'metrics'))).text()
    expect(standard).toContain('http_server_request_duration_seconds_count{')
  } finally {
    interruption.abort()
  }
  expect((await ended).code).toBe(0)
})
