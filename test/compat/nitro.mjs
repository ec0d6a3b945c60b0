import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { root } from '../packaging/pack.mjs'
import { runProgram } from './run-program.mjs'
import { countRequests, freePort, send, startServed, withCounts } from './served.mjs'

/** The programs that build, by version. */
const builders = { 2: 'nitropack/dist/cli/index.mjs', 3: 'nitro/dist/cli/index.mjs' }

/** Routes beside those of the example. */
const routes = {
  'shops/[shop]/items/[item].js': 'export default ({ context }) => context.params',
  'files/[...path].js': `export default () => 'file'`,
  'fail.js': `export default () => { throw new Error('secret') }`,
  'users/[id].delete.js': `export default () => 'gone'`,
}

/** Requests, each with how it is counted. */
const requests = [
  ['GET', '/users/secret?token=secret', '/users/:id GET 200'],
  ['GET', '/users/%E2%98%83', '/users/:id GET 200'],
  ['DELETE', '/users/secret', '/users/:id DELETE 200'],
  ['GET', '/shops/secret/items/secret', '/shops/:shop/items/:item GET 200'],
  ['GET', '/files/secret/secret.txt', '/files/**:path GET 200'],
  ['GET', '/fail', '/fail GET 500'],
  ['GET', '/secret.txt', 'unmatched GET 200'],
  ['GET', '/wp-login.php', 'unmatched GET 404'],
]

/**
 * Builds the example for Node, without its plugin and with it: what is counted is exact, and what is answered is the same.
 * @param {string} node the program
 * @param {string} folder where the packages are installed
 * @param {2 | 3} version
 */
export async function checkNitro(node, folder, version) {
  const failures = []
  const check = async (name, run) => {
    const failure = await run().catch((error) => String(error?.stack ?? error))
    if (failure !== undefined) failures.push(`${name}: ${failure}`)
  }
  const expected = countRequests(requests)
  let bare
  const counted = async (flags, isAlone) => {
    const { answers, counts, page, standard, output } = await run(node, folder, flags, expected, isAlone)
    if (!isDeepStrictEqual(counts, expected)) return `counted ${JSON.stringify(counts, null, 1)}\n${output}`
    if (!/http_server_request_duration_seconds_count\{.*http_route="\/fail".*error_type="Error"/.test(standard))
      return `no class of the error\n${standard}`
    if (page.includes('secret')) return 'the page has a value of a path or a query'
    const different = bare.findIndex((answer, i) => !isDeepStrictEqual(answer, answers[i]))
    if (different < 0) return undefined
    return `answered ${JSON.stringify(answers[different])}\nwithout Quipu ${JSON.stringify(bare[different])}`
  }
  await build(folder, version, false)
  bare = (await run(node, folder, [])).answers
  await check('register', () => counted(['--import', '@quipu/sdk/register'], true))
  await build(folder, version, true)
  await check('the plugin', () => counted([]))
  await check('the plugin and register', () => counted(['--import', '@quipu/sdk/register']))
  return { passed: 3 - failures.length, failed: failures.length, output: failures.join('\n\n') }
}

async function build(folder, version, hasPlugin) {
  cpSync(join(root, 'examples', 'servers', 'nitro'), folder, {
    recursive: true,
    filter: (file) => !file.endsWith('package.json'),
  })
  if (!hasPlugin) rmSync(join(folder, 'plugins'), { recursive: true })
  for (const [name, text] of Object.entries(routes)) {
    mkdirSync(dirname(join(folder, 'routes', name)), { recursive: true })
    writeFileSync(join(folder, 'routes', name), text)
  }
  mkdirSync(join(folder, 'public'), { recursive: true })
  writeFileSync(join(folder, 'public', 'secret.txt'), 'text')
  const builder = join(folder, 'node_modules', builders[version])
  const { code, output } = await runProgram(process.execPath, [builder, 'build'], { cwd: folder })
  if (code !== 0) throw new Error(output)
}

async function run(node, folder, flags, expected, isAlone = false) {
  const [port, pagesPort] = [await freePort(), await freePort()]
  const server = await startServed({
    program: node,
    args: [...flags, '.output/server/index.mjs'],
    cwd: folder,
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      METRICS_PORT: String(pagesPort),
      ...(isAlone ? { OTEL_EXPORTER_PROMETHEUS_PORT: String(pagesPort) } : {}),
    },
    port,
  })
  try {
    const answers = []
    for (const [method, path] of requests) answers.push([path, await send(server.base, path, { method })])
    if (expected === undefined) return { answers }
    if (isAlone) {
      // It serves the pages once the application is loaded.
      const counted = await withCounts(server, expected)
      return { answers, output: server.output(), standard: await server.standardPage(), ...counted }
    }
    const page = async (name = 'custom_metrics') => (await fetch(`http://127.0.0.1:${pagesPort}/${name}`)).text()
    const counted = await withCounts({ page: () => page() }, expected)
    return { answers, output: server.output(), standard: await page('metrics'), ...counted }
  } finally {
    await server.end()
  }
}
