import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram } from '../../../test/compat/run-program.mjs'
import { freePort, startServed } from '../../../test/compat/served.mjs'
import { installPacked } from '../../../test/packaging/install.mjs'
import { packPackages } from '../../../test/packaging/pack.mjs'

// Frameworks that build the application, and that are too large to install with the workspace.
test.each([
  ['next', '/users/[id]', 'node_modules/next/dist/bin/next', ['node_modules/next/dist/bin/next', 'start']],
  ['nitro', '/users/:id', 'node_modules/nitro/dist/cli/index.mjs', ['.output/server/index.mjs']],
])(
  'the %s example builds with packed packages, answers, and counts its requests by template',
  async (name, endpoint, builder, served) => {
    const example = fileURLToPath(new URL(`../${name}`, import.meta.url))
    const { dependencies } = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8'))
    const { folder, remove } = await installPacked({ packed: await packPackages(['@quipu/sdk']), dependencies })
    try {
      cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('package.json') })
      const env = { NEXT_TELEMETRY_DISABLED: '1' }
      const built = await runProgram(process.execPath, [builder, 'build'], { cwd: folder, env })
      expect(built.code, built.output).toBe(0)
      const [port, pagesPort] = [await freePort(), await freePort()]
      const server = await startServed({
        program: process.execPath,
        args: served,
        cwd: folder,
        env: { ...env, PORT: String(port), HOST: '127.0.0.1', METRICS_PORT: String(pagesPort) },
        port,
      })
      const page = async () => (await fetch(`http://127.0.0.1:${pagesPort}/custom_metrics`)).text()
      try {
        // Next accepts requests before it has called `register`.
        await expect.poll(() => page().catch(String), { timeout: 60_000 }).toContain('quipu_info')
        expect(await (await fetch(`${server.base}/users/secret`)).json()).toEqual({ id: 'secret' })
        await (await fetch(`${server.base}/wp-login.php`)).text()
        await expect
          .poll(async () => (await page()).match(/^app_requests_total.*$/gm))
          .toEqual(
            expect.arrayContaining([
              `app_requests_total{endpoint="${endpoint}",method="GET",status_code="200"} 1`,
              'app_requests_total{endpoint="unmatched",method="GET",status_code="404"} 1',
            ]),
          )
        expect(await page()).not.toContain('secret')
      } finally {
        await server.end()
      }
    } finally {
      remove()
    }
  },
  600_000,
)
