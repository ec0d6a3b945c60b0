import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { waitUntil } from '../servers/index.js'

const bin = join(fileURLToPath(new URL('../../', import.meta.url)), 'packages/cli/dist/bin.js')
const PAGE = `llm_requests_total{model="gpt-4",endpoint="chat"} 7
app_requests_total{endpoint="/orders/:id",method="GET",status_code="200"} 3
`
let readings = 0
const server = createServer((request, response) => {
  if (request.url !== '/custom_metrics') return response.writeHead(404).end()
  readings++
  return response.end(PAGE)
})
let terminal: ChildProcessWithoutNullStreams
let output = ''

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(async () => {
  if (terminal.exitCode !== null) return
  terminal.kill('SIGKILL')
  await once(terminal, 'exit')
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Starts `quipu top` in a terminal, which `script` of util-linux makes; `type` is then its keyboard. */
function startTop(before: string, after: string): void {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const command = `${before}; '${process.execPath}' '${bin}' top ${url} --interval 0.2; echo "[ended $?] ${after}"`
  terminal = spawn('script', ['-qec', command, '/dev/null'], { env: { PATH: process.env.PATH, TERM: 'xterm' } })
  output = ''
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
}

const type = (keys: string): void => void terminal.stdin.write(keys)
/** The last whole screen. */
const screen = (): string => output.split('\u001b[H').findLast((text) => text.includes('\u001b[J')) ?? ''
const until = (isSo: () => boolean) =>
  waitUntil(
    async () => isSo() || undefined,
    10_000,
    () => output,
  )
const shows = (...texts: readonly string[]) => until(() => texts.every((text) => screen().includes(text)))
const hides = (...texts: readonly string[]) => until(() => texts.every((text) => !screen().includes(text)))

describe.skipIf(process.platform !== 'linux')('quipu top in a terminal', () => {
  test('shows one panel, pauses and ends by keys, and leaves the terminal as it was', async () => {
    startTop('stty cols 100 rows 30', '$(stty -a)')
    await shows('gpt-4', '/orders/:id', 'q quit')
    type('2')
    await hides('gpt-4')
    await shows('/orders/:id')
    type('0')
    await shows('gpt-4')
    type('p')
    await shows('paused')
    const whilePaused = readings
    type('1')
    await hides('/orders/:id')
    await shows('paused', 'gpt-4')
    expect(readings).toBe(whilePaused)
    type(' ')
    await shows('live')
    await until(() => readings > whilePaused)
    type('q')
    await until(() => output.includes('[ended'))
    expect(output).toContain('\u001b[?25h\u001b[?1049l')
    // The terminal echoes and sends signals again.
    await until(() => /\[ended 0\][\s\S]*\sisig icanon [\s\S]* echo /.test(output))
  })

  test('is ended by Ctrl-C, also in a terminal without a size', async () => {
    startTop('stty cols 0 rows 0', '')
    await shows('gpt-4')
    type('\u0003')
    await until(() => output.includes('[ended 0]'))
  })
})
