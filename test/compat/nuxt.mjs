import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { runProgram } from './run-program.mjs'
import { countRequests, freePort, send, startServed, withCounts } from './served.mjs'

/** The parts of an application: two pages and two handlers. */
const files = {
  'app/app.vue': '<template><NuxtPage /></template>\n',
  'app/pages/index.vue': '<template><div>home</div></template>\n',
  'app/pages/users/[id].vue': '<template><div>user {{ $route.params.id }}</div></template>\n',
  'server/api/users/[id].get.ts': `export default defineEventHandler((event) => ({ id: getRouterParam(event, 'id') }))\n`,
  'server/api/fail.ts': `export default defineEventHandler(() => { throw new Error('secret') })\n`,
}

/** Requests, each with how it is counted: pages have the one route of Nuxt's renderer. */
const requests = [
  ['GET', '/', '/** GET 200'],
  ['GET', '/users/secret?token=secret', '/** GET 200'],
  ['GET', '/nothing/secret', '/** GET 404'],
  ['GET', '/api/users/secret', '/api/users/:id GET 200'],
  ['HEAD', '/users/2', '/** HEAD 200'],
  ['GET', '/api/fail', '/api/fail GET 500'],
  ['GET', '/_nuxt/secret.js', 'unmatched GET 404'],
]

/**
 * Builds an application, plain and minified, and sends requests to it with `register` and without: what is counted is exact,
 * and responses are the same.
 * @param {string} builder the Node that builds it; Nuxt 4.5 needs 22 or later
 * @param {readonly string[]} programs the versions of Node that run it
 * @param {string} folder where the packages are installed
 */
export async function checkNuxt(builder, programs, folder) {
  const failures = []
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const minify of [false, true]) {
    const what = minify ? 'minified' : 'plain'
    await build(builder, folder, minify)
    for (const program of programs) {
      const failure = await check(program, folder).catch((error) => String(error?.stack ?? error))
      if (failure !== undefined) failures.push(`${what}, ${program}: ${failure}`)
    }
  }
  return { passed: 2 * programs.length - failures.length, failed: failures.length, output: failures.join('\n\n') }
}

async function build(node, folder, minify) {
  const config = { telemetry: false, compatibilityDate: '2026-11-01', nitro: { minify } }
  writeFileSync(join(folder, 'nuxt.config.ts'), `export default defineNuxtConfig(${JSON.stringify(config)})\n`)
  rmSync(join(folder, '.output'), { recursive: true, force: true })
  const env = { NUXT_TELEMETRY_DISABLED: '1' }
  const nuxt = join(folder, 'node_modules', 'nuxt', 'bin', 'nuxt.mjs')
  const { code, output } = await runProgram(node, [nuxt, 'build'], { cwd: folder, env })
  if (code !== 0) throw new Error(output)
}

async function check(program, folder) {
  const bare = await run(program, folder, [])
  const expected = countRequests(requests)
  const { answers, counts, page, output } = await run(program, folder, ['--import', '@quipu/sdk/register'], expected)
  if (!isDeepStrictEqual(counts, expected)) return `counted ${JSON.stringify(counts, null, 1)}\n${output}`
  if (page.includes('secret')) return 'the page has a value of a path or a query'
  if (!/http nuxt \S+ ·/.test(output)) return `the line at start does not name Nuxt\n${output}`
  const different = bare.answers.findIndex((answer, i) => !isDeepStrictEqual(answer, answers[i]))
  if (different < 0) return undefined
  return `answered ${JSON.stringify(answers[different])}\nwithout Quipu ${JSON.stringify(bare.answers[different])}`
}

async function run(program, folder, flags, expected) {
  const port = await freePort()
  const env = { PORT: String(port), HOST: '127.0.0.1' }
  const server = await startServed({ program, args: [...flags, '.output/server/index.mjs'], cwd: folder, env, port })
  try {
    const answers = []
    for (const [method, path] of requests) answers.push([path, await send(server.base, path, { method })])
    const counted = expected === undefined ? {} : await withCounts(server, expected)
    return { answers, output: server.output(), ...counted }
  } finally {
    await server.end()
  }
}
