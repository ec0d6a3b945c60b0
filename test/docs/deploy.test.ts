import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dockerfile = readFileSync(join(root, 'deploy/your-app.Dockerfile'), 'utf8')

/** The environment that the image sets. */
const environment = Object.fromEntries(
  Array.from(dockerfile.matchAll(/(?:^ENV | {4})(\w+)=(\S+)/gm), ([, name, value]) => [name, value]),
)

test('the image of an application serves its pages to requests with the token, and does not start without one', async () => {
  const [, json = '[]'] = /^CMD (.+)$/m.exec(dockerfile) ?? []
  const [command, ...args]: readonly string[] = JSON.parse(json)
  expect([command, ...args]).toEqual(['node', '--import', '@quipu/sdk/register', 'app.js'])
  expect(environment.OTEL_EXPORTER_PROMETHEUS_HOST).toBe('0.0.0.0')
  expect(dockerfile).toMatch(/^EXPOSE \d+ 9464$/m)
  const folder = mkdtempSync(join(tmpdir(), 'quipu-image-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'app.js'), 'setInterval(() => undefined, 1000)')
  try {
    const refused = await runUntil(folder, args, {}, /quipu: (.*)\n/)
    expect(refused.said).toContain('pages')
    expect(refused.said).not.toContain('http://')
    refused.end()
    const served = await runUntil(
      folder,
      args,
      { QUIPU_PROMETHEUS_TOKEN: 'token-of-the-scraper' },
      /(http:\S+custom_metrics)/,
    )
    expect((await fetch(served.said)).status).toBe(401)
    const headers = { authorization: 'Bearer token-of-the-scraper' }
    expect(await (await fetch(served.said, { headers })).text()).toContain('quipu_info')
    served.end()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)

interface Running {
  readonly said: string
  end(): void
}

/** Runs the image's command with its environment until stderr matches. */
function runUntil(cwd: string, args: readonly string[], more: NodeJS.ProcessEnv, pattern: RegExp): Promise<Running> {
  // A different port from the image's own, which may be taken here.
  const env = { PATH: process.env.PATH, HOME: cwd, ...environment, OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...more }
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
  return new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      const said = pattern.exec(stderr)?.[1]
      if (said !== undefined) resolve({ said, end: () => void child.kill('SIGKILL') })
    })
    child.once('exit', () => reject(new Error(`it ended: ${stderr}`)))
  })
}
