import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { publicPackages, root } from '../packaging/pack.mjs'
import { expectedCounts, failedRoutes, headers, sendRequests } from './next-requests.mjs'
import { runProgram } from './run-program.mjs'
import { freePort, startServed, withCounts } from './served.mjs'

const register = ['--import', '@quipu/sdk/register']
const bin = join('node_modules', 'next', 'dist', 'bin', 'next')
const BUILD_MS = 1_200_000
const quiet = { NEXT_TELEMETRY_DISABLED: '1', FEATURE_METRICS_LOGGING_ENABLED: 'true' }

/**
 * Builds and runs a real Next application: counts are exact, and responses are the same as without Quipu.
 * @param {string} folder where the packages are installed
 * @param {{ version: 15 | 16, bundler: 'webpack' | 'turbopack' }} with
 */
export async function checkNext(folder, { version, bundler }) {
  writeApplication(folder, version)
  const results = []
  const check = async (name, run) => {
    const failure = await run().catch((error) => String(error?.stack ?? error))
    results.push(failure === undefined ? [] : [`${name}: ${failure}`])
  }
  const flags = version === 15 && bundler === 'webpack' ? [] : [`--${bundler}`]
  const next = (args) => ({ program: process.execPath, args: [...args, ...flags], cwd: folder, env: quiet })
  for (const external of ['0', '1']) {
    const env = { ...quiet, EXTERNAL: external }
    const kind = external === '1' ? 'external packages' : 'bundled packages'
    const built = await runProgram(process.execPath, [bin, 'build', ...flags], {
      cwd: folder,
      env,
      timeoutMs: BUILD_MS,
    })
    await check(`build with ${kind}`, async () => (built.code === 0 ? undefined : built.output))
    if (built.code !== 0) continue
    const standalone = copyStatic(folder)
    const server = (args, more) => ({
      program: process.execPath,
      args: [...args, 'server.js'],
      cwd: standalone,
      env: { ...quiet, ...more },
    })
    const bare = await answersOf(server([], {}))
    await check(`standalone, instrumentation, ${kind}`, () => counted(server([], { INSTRUMENTED: '1' }), bare))
    if (external === '1') continue
    const absolute = join(folder, 'node_modules', '@quipu', 'sdk', 'dist', 'register.js')
    await check('standalone, register', () => counted(server(['--import', absolute], {}), bare))
    await check('start, register', () =>
      counted({ ...next([...register, bin, 'start']), args: [...register, bin, 'start', '-H', '0.0.0.0'] }, bare),
    )
  }
  await check('development, register', () => counted(next([...register, bin, 'dev']), undefined))
  const output = results.flat().join('\n')
  return {
    passed: results.filter((each) => each.length === 0).length,
    failed: results.filter((each) => each.length > 0).length,
    output,
  }
}

function writeApplication(folder, version) {
  cpSync(join(root, 'test', 'compat', 'next'), folder, { recursive: true })
  // Next 16 renamed middleware to proxy, and expects a function of that name.
  const name = version === 15 ? 'middleware' : 'proxy'
  writeFileSync(join(folder, `${name}.js`), readFileSync(join(folder, 'gate.js'), 'utf8').replace('gate(', `${name}(`))
  mkdirSync(join(folder, 'app', 'quipu'), { recursive: true })
  writeFileSync(join(folder, 'app', 'quipu', 'route.js'), entriesRoute())
}

/** Source of a route that imports every entry of our packages, and returns the names of empty ones. */
function entriesRoute() {
  const entries = publicPackages()
    .filter(({ bin }) => bin === undefined)
    .flatMap(({ name, exports }) => Object.keys(exports).map((entry) => name + entry.slice(1)))
    .filter((entry) => !/\/(?:package\.json|register)$/.test(entry))
  return `import { trackError, trackUserAction } from '@quipu/sdk'
${entries.map((entry, i) => `import * as entry${i} from '${entry}'`).join('\n')}
export const dynamic = 'force-dynamic'
const entries = { ${entries.map((entry, i) => `'${entry}': entry${i}`).join(', ')} }
export function GET() {
  trackError('by_route')
  trackUserAction('by_route')
  return Response.json(Object.keys(entries).filter((entry) => Object.keys(entries[entry]).length === 0))
}
`
}

/** Files that a standalone build leaves to the deployment: https://nextjs.org/docs/app/api-reference/config/next-config-js/output */
function copyStatic(folder) {
  const standalone = join(folder, '.next', 'standalone')
  cpSync(join(folder, '.next', 'static'), join(standalone, '.next', 'static'), { recursive: true })
  cpSync(join(folder, 'public'), join(standalone, 'public'), { recursive: true })
  return standalone
}

/** Returns whether the standard page has the class of the error of a route's failed request. */
const hasClass = (page, route) =>
  page
    .split('\n')
    .some(
      (line) =>
        line.startsWith('http_server_request_duration_seconds_count') &&
        line.includes(`http_route="${route}"`) &&
        line.includes('error_type="StockError"'),
    )

async function answersOf(options) {
  const port = await freePort()
  const server = await startServed({ ...options, env: { ...options.env, PORT: String(port) }, port })
  try {
    return await sendRequests(server.base)
  } finally {
    await server.end()
  }
}

/** Returns the first wrong count or response of a server, if any. */
async function counted(options, bare) {
  const port = await freePort()
  const server = await startServed({ ...options, env: { ...options.env, PORT: String(port) }, port })
  try {
    // Next accepts requests before it has called `register` of instrumentation.js.
    if (options.env.INSTRUMENTED === '1') await server.page()
    const answers = await sendRequests(server.base)
    const empty = await (await fetch(`${server.base}/quipu`, { headers })).json()
    if (empty.length > 0) return `these entries are empty: ${empty.join(', ')}`
    const expected = { ...expectedCounts, '/quipu GET 200': 1 }
    const { page, counts } = await withCounts(server, expected)
    const standard = await server.standardPage()
    if (!isDeepStrictEqual(counts, expected)) return `counted ${JSON.stringify(counts, null, 1)}\n${server.output()}`
    if (page.includes('secret')) return 'the page has a value of a path, a query or a form'
    const missing = failedRoutes.find((route) => !hasClass(standard, route))
    if (missing !== undefined) return `no class of the error of ${missing}\n${standard}\n${server.output()}`
    const lines = server.output().match(/^\[METRIC\] \[ana\] error error_type=unexpected$/gm) ?? []
    const expectedLines = options.env.INSTRUMENTED === '1' ? 0 : failedRoutes.length
    if (lines.length !== expectedLines)
      return `${lines.length} lines of errors, not ${expectedLines}\n${server.output()}`
    const user = options.env.INSTRUMENTED === '1' ? 'ada' : 'unknown'
    for (const type of ['by_route', 'by_action', 'by_api'])
      if (!server.output().includes(`[METRIC] [${user}] error error_type=${type}\n`))
        return `no line of ${type} with the user ${user}\n${server.output()}`
    if (!page.includes('user_action_total{action_type="by_route"} 1'))
      return 'what the route records is not on the page'
    if (!/instrumented|quipu: http .*next \d/.test(server.output()))
      return `the line does not name Next\n${server.output()}`
    const different = bare?.find((answer, i) => !isDeepStrictEqual(answer, answers[i]))
    return (
      different &&
      `answered ${JSON.stringify(answers[bare.indexOf(different)])}\nwithout Quipu ${JSON.stringify(different)}`
    )
  } finally {
    await server.end()
  }
}
