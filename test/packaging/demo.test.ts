import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPacked } from './install.mjs'
import { packPackages } from './pack.mjs'

// `quipu demo` in an empty folder, with the packed command and its dependencies only.

const run = promisify(execFile)
let app: { readonly folder: string; remove(): void }

beforeAll(async () => {
  app = await installPacked({ packed: await packPackages(['@quipu/cli']) })
}, 180_000)
afterAll(() => app?.remove())

test('npx quipu demo --once runs from the published files, and its page is right', async () => {
  const { stdout, stderr } = await run('npx', ['--no', 'quipu', 'demo', '--once'], { cwd: app.folder })
  expect(stdout).toContain('All 15 figures are equal.')
  expect(stderr).toBe('')
})

test('the command needs neither the SDK nor a framework', async () => {
  const { stdout } = await run('npm', ['ls', '--all', '--parseable'], { cwd: app.folder })
  expect(stdout).toMatch(/@quipu\/cli$/m)
  expect(stdout).not.toMatch(/@quipu\/sdk$|node_modules\/(?:express|fastify|openai)$/m)
})
