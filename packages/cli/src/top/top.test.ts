import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { runCaptured } from '../../fixtures/run-captured.js'
import { createPageHistory } from './page-history.js'
import { panels, readPanel } from './panels.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** An application whose model calls are `calls()`. */
async function application(calls: () => number, port = 0): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(({ url, headers }, response) => {
    if (headers.authorization === 'Bearer wrong') return response.writeHead(401).end()
    if (url !== '/custom_metrics') return response.writeHead(404).end()
    return response.end(pageOf(calls()))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  ends.push(() => close(server))
  return { server, port: (server.address() as AddressInfo).port }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function pageOf(calls: number): string {
  return [
    `llm_requests_total{model="gpt-4",endpoint="chat"} ${calls}`,
    'llm_requests_total{model="\u001b[2Jé\\"\u202eo3",endpoint="chat"} 2 # {trace_id="a"} 1',
    `llm_tokens_total{model="gpt-4",type="input"} ${calls * 10}`,
    `llm_tokens_total{model="gpt-4",type="output"} ${calls * 5}`,
    `llm_tokens_total{model="gpt-4",type="total"} ${calls * 15}`,
    `llm_request_duration_seconds_bucket{model="gpt-4",le="0.5"} ${calls / 2}`,
    `llm_request_duration_seconds_bucket{model="gpt-4",le="1"} ${calls}`,
    `llm_request_duration_seconds_bucket{model="gpt-4",le="+Inf"} ${calls}`,
    'llm_errors_total{model="gpt-4",error_type="timeout"} 3',
    'app_requests_total{endpoint="/orders/:id",method="GET",status_code="200"} 1',
    '# EOF',
    '',
  ].join('\n')
}

describe('quipu top', () => {
  test('prints one reading if the output is not a terminal', async () => {
    const { port } = await application(() => 100)
    const { code, out } = await runCaptured(['top', `127.0.0.1:${port}`])
    expect(code).toBe(0)
    expect(out).toMatch(/^quipu top {2}[\d:]{8} UTC {2}live {2}http:\/\/127\.0\.0\.1:\d+\n/)
    expect(out).toMatch(/\ngpt-4 +- +100 +950 ms +3 +1\.5K +-\n/)
    expect(out).toMatch(/\n\/orders\/:id +- +1 +- +- +- +-\n/)
    expect(out).toContain('\n·[2Jé"·o3 ')
    expect(out).not.toContain('\u001b')
  })

  test('exits with 1 and the reason when it cannot read a page', async () => {
    const { port } = await application(() => 1)
    expect(await runCaptured(['top', '127.0.0.1:1'])).toMatchObject({
      code: 1,
      said: expect.stringContaining('does not answer'),
    })
    const refused = await runCaptured(['top', `127.0.0.1:${port}`, '--token', 'wrong'])
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('requires another token') })
    expect((await runCaptured(['top'])).code).toBe(2)
  })

  test('shows the users and events of [METRIC] lines', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'quipu-top-'))
    ends.push(() => rmSync(cwd, { recursive: true }))
    writeFileSync(join(cwd, 'activity.log'), '[METRIC] [ana] llm_call model=o3\n')
    const controller = new AbortController()
    let screen = ''
    await runCaptured(['top', 'activity.log', '--interval', '0.1'], {
      cwd,
      isTerminal: true,
      size: () => ({ columns: 100, rows: 30 }),
      interruption: () => controller.signal,
      out: async (text) => {
        screen += text
        if (screen.includes('[METRIC] [ana]') && /ana +\S+ +1/.test(screen)) controller.abort()
      },
    })
    expect(screen).toContain('Users')
    expect(screen).toContain('Events')
  })

  test('keeps its figures while the page is unreachable, continues when it is back, and restores the terminal', async () => {
    let calls = 10
    let { server, port } = await application(() => calls)
    const controller = new AbortController()
    const screens: string[] = []
    const states: [seen: RegExp, next: () => unknown][] = [
      [/live.*gpt-4 +\S+ +10 /s, () => close(server)],
      [
        /does not answer.*gpt-4 +\S+ +10 /s,
        async () => {
          // After a restart, its counters start at 0.
          calls = 4
          ;({ server, port } = await application(() => calls, port))
        },
      ],
      [/live.*gpt-4 +\S+ +4 /s, () => controller.abort()],
    ]
    const { code } = await runCaptured(['top', `127.0.0.1:${port}`, '--interval', '0.1'], {
      isTerminal: true,
      env: { NO_COLOR: '1' },
      size: () => ({ columns: 60, rows: 8 }),
      interruption: () => controller.signal,
      out: async (text) => {
        screens.push(text)
        const [state] = states
        if (state?.[0].test(text)) {
          states.shift()
          await state[1]()
        }
      },
    })
    expect({ code, left: states.length }).toEqual({ code: 0, left: 0 })
    expect([screens[0], screens.at(-1)]).toEqual(['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l'])
    for (const screen of screens.slice(1, -1)) {
      const lines = screen.replace('\u001b[H', '').replace('\u001b[J', '').split('\u001b[K\r\n')
      expect(lines.length).toBeLessThanOrEqual(8)
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(60)
    }
  })
})

test('the rate is the growth in the last minute, across a reset', () => {
  const history = createPageHistory()
  const [models] = panels
  if (models === undefined) throw new Error('no panel')
  const at = (seconds: number, calls: number) => {
    history.add(`llm_requests_total{model="gpt-4"} ${calls}\n`, seconds * 1000)
    return readPanel(models, history)[0]?.perMinute
  }
  expect(at(0, 1000)).toBeUndefined()
  expect(at(30, 1030)).toBe(60)
  expect(at(60, 20)).toBe(50)
  expect(at(120, 80)).toBe(60)
  expect(at(180, 80)).toBe(0)
})
