import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { applications } from './npm-applications.mjs'
import { runProgram } from './run-program.mjs'
import { ensureRuntime } from './runtimes.mjs'
import { countRequests, freePort, send, startServed, withCounts } from './served.mjs'

/**
 * Runs each application without and with Quipu: counts are exact, and responses are the same.
 * @param {string} node the program
 * @param {string} folder where the packages are installed
 * @param {string} version of the program, as `node-20`
 */
export async function checkApplications(node, folder, version) {
  const register = ['--import', join(folder, 'node_modules', '@quipu', 'sdk', 'dist', 'register.js')]
  const chosen = applications.filter(({ runsOn = version }) => runsOn === version)
  const failures = []
  const outcomes = {}
  for (const application of chosen) {
    const failure = await check(node, folder, application, register).catch((error) => String(error?.stack ?? error))
    outcomes[application.name] = failure === undefined
    if (failure !== undefined) failures.push(`${application.name}: ${failure}`)
  }
  const failed = failures.length
  return { passed: chosen.length - failed, failed, output: failures.join('\n\n'), outcomes }
}

async function check(node, folder, application, register) {
  const expected = countRequests(application.requests)
  const made = await make(folder, application)
  const bare = await run(node, made, application, [])
  const served = await run(node, made, application, register, expected)
  if (!isDeepStrictEqual(served.counts, expected))
    return `counted ${JSON.stringify(served.counts, null, 1)}\n${served.output}`
  if (served.page.includes('secret')) return 'the page has a value of a path or a query'
  const different = bare.answers.findIndex((answer, i) => !isDeepStrictEqual(answer, served.answers[i]))
  if (different < 0) return undefined
  return `answered ${JSON.stringify(served.answers[different])}\nwithout Quipu ${JSON.stringify(bare.answers[different])}`
}

/** Makes the application; returns its folder. Generators want a newer Node than the applications that they make. */
async function make(folder, { files = {}, prepare = [] }) {
  mkdirSync(join(folder, 'runs'), { recursive: true })
  const cwd = mkdtempSync(join(folder, 'runs', 'made-'))
  writeFileSync(join(cwd, 'package.json'), '{}')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const { program } = await ensureRuntime('node-24')
  const env = { HOME: cwd, NEXT_TELEMETRY_DISABLED: '1' }
  for (const args of prepare) {
    const { code, output } = await runProgram(program, args, { cwd, env })
    if (code !== 0) throw new Error(output)
  }
  return cwd
}

/** Starts a copy of the application, which it may change, and sends all requests. */
async function run(node, made, { folder = '.', start, ready, requests }, flags, expected) {
  const cwd = mkdtempSync(join(dirname(made), 'run-'))
  cpSync(made, cwd, { recursive: true })
  const port = await freePort()
  const server = await startServed({
    program: node,
    args: [...flags, ...start(String(port))],
    cwd: join(cwd, folder),
    env: { PORT: String(port) },
    port,
    ready,
  })
  try {
    const answers = []
    for (const [method, path] of requests) {
      const body = method === 'POST' ? '{"title":"two"}' : undefined
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      answers.push([path, await send(server.base, path, { method, body, headers })])
    }
    return { answers, output: server.output(), ...(expected === undefined ? {} : await withCounts(server, expected)) }
  } finally {
    await server.end()
  }
}
