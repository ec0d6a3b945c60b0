import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const build = fileURLToPath(new URL('../../../scripts/build.mjs', import.meta.url))
let running: ChildProcess | undefined

beforeAll(() => {
  const built = spawnSync(process.execPath, [build, folder], { encoding: 'utf8' })
  expect(built.stdout + built.stderr).toBe('')
}, 180_000)

afterEach(async () => {
  running?.kill('SIGKILL')
  if (running?.exitCode === null && running.signalCode === null) await once(running, 'exit')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Requests a server that may not listen yet. */
async function ask(url: string): Promise<string> {
  return (await fetch(url)).text()
}

const graphql = `/graphql?query=${encodeURIComponent('query GetUser { user(id: "secret") }')}`

test.each([
  ['express', '/users/secret', '/users/:id'],
  ['fastify', '/users/secret', '/users/:id'],
  ['koa', '/users/secret', '/users/:id'],
  ['hono', '/users/secret', '/users/:id'],
  ['h3', '/users/secret', '/users/:id'],
  ['elysia', '/users/secret', '/users/:id'],
  ['hapi', '/users/secret', '/users/{id}'],
  ['nest', '/users/secret', '/users/:id'],
  ['restify', '/users/secret', '/users/:id'],
  ['trpc', '/user?input="secret"', 'user'],
  ['yoga', graphql, '/graphql'],
])(
  'the %s example answers, counts its requests by template, and serves its pages',
  async (name, path, endpoint) => {
    const port = await freePort()
    const env = { PATH: process.env.PATH, PORT: String(port) }
    running = spawn(process.execPath, [`${folder}dist/${name}.js`], {
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = `http://127.0.0.1:${port}`
    await expect.poll(() => ask(`${url}/custom_metrics`).catch(String), { timeout: 30_000 }).toContain('quipu_info')
    expect(await ask(url + path)).toContain('secret')
    await ask(`${url}/wp-login.php`)
    await expect
      .poll(async () => (await ask(`${url}/custom_metrics`)).match(/^app_requests_total.*$/gm))
      .toEqual(
        expect.arrayContaining([
          `app_requests_total{endpoint="${endpoint}",method="GET",status_code="200"} 1`,
          'app_requests_total{endpoint="unmatched",method="GET",status_code="404"} 1',
        ]),
      )
    expect(await ask(`${url}/custom_metrics`)).not.toContain('secret')
  },
  60_000,
)
