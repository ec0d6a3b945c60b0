import { join } from 'node:path'
import { checkTypes, compilers, resolutions } from '../packaging/types.mjs'
import { checkApplications } from './applications.mjs'
import { checkBesideDeno } from './beside-deno.mjs'
import { bundlerNames, checkBundler } from './bundlers.mjs'
import { checkNext } from './next.mjs'
import { checkNitro } from './nitro.mjs'
import { checkNuxt } from './nuxt.mjs'
import { checkRegister } from './register.mjs'
import { registerApps } from './register-apps.mjs'
import { readChecks, runProgram } from './run-program.mjs'
import { ensureRuntime } from './runtimes.mjs'
import { checkShapes, portable as portableServers } from './shapes.mjs'
import { createSourceWorkspace, runSuite, testedPackages } from './suites.mjs'
import { toolApps } from './tool-apps.mjs'
import { checkFetchInWorkerd, checkModelsInWorkerd, eras, modelEras, runInWorkerd } from './workerd.mjs'

/**
 * @typedef {object} Row
 * @property {string} runtime and its version
 * @property {string} what
 * @property {string} otel line of OpenTelemetry
 * @property {number} passed
 * @property {number} failed
 * @property {number} [skipped]
 * @property {string} output
 * @property {Record<string, boolean>} [outcomes] whether each thing passed, for the page
 *
 * @typedef {object} Job
 * @property {string} name `core/node-24`
 * @property {(apps: ReturnType<typeof import('./apps.mjs').createApps>) => Promise<Row>} run
 */

const lines = {
  'node-20': ['2.12'],
  'node-22': ['2.12', '3.1'],
  'node-24': ['2.12', '3.1'],
  'node-26': ['2.12', '3.1'],
}
const portable = 'core, prometheus, activity-log'

/** Runs the conformance program in a process of a runtime. */
function program(name, runtimeName, otel, file = 'program/run-process.mjs', args = []) {
  return {
    name,
    async run(apps) {
      const { program: path, version } = await ensureRuntime(runtimeName)
      const folder = await apps.get(otel === '3.1' ? 'otel-3' : 'otel-2')
      const checks = readChecks(await runProgram(path, [...args, file], { cwd: folder }))
      return { runtime: `${runtimeName.replace(/-\d+$/, '')} ${version}`, what: portable, otel, ...checks }
    },
  }
}

function sdk(name, runtimeName, kind, otel) {
  return {
    name,
    async run(apps) {
      const { program: path, version } = await ensureRuntime(runtimeName)
      const folder = await apps.get(kind)
      const alone = readChecks(await runProgram(path, ['program/run-sdk.mjs'], { cwd: folder }))
      const beside = readChecks(await runProgram(path, ['program/run-sdk.mjs', 'host'], { cwd: folder }))
      return {
        runtime: `node ${version}`,
        what: 'sdk, alone and beside a provider',
        otel,
        passed: alone.passed + beside.passed,
        failed: alone.failed + beside.failed,
        output: alone.output + beside.output,
      }
    },
  }
}

const nodes = Object.entries(lines).flatMap(([node, otels]) =>
  otels.map((otel) => program(`core/${node}/otel-${otel[0]}`, node, otel)),
)

const sdks = [
  // The second is an application of line 2 on a Node for which npm would choose line 3.
  ...['node-20', 'node-24'].map((node) => sdk(`sdk/${node}/otel-2`, node, 'sdk-otel-2', '2.12')),
  ...['node-22', 'node-24', 'node-26'].flatMap((node) => [
    sdk(`sdk/${node}/otel-3-beside`, node, 'sdk-otel-3', "3.1 the application's"),
    sdk(`sdk/${node}/otel-3`, node, 'sdk-otel-3-only', '3.1'),
  ]),
]

/** Checks, with the one outcome that the page shows of them. */
const withOutcome = (name, checks) => ({ ...checks, outcomes: { [name]: checks.failed === 0 } })

const pinned = ['20.19.0', '22.14.0', '22.20.0', '22.22.2', '24.4.0', '24.10.0', '24.11.1']
const allNodes = [...pinned.map((version) => `node-${version}`), 'node-22', 'node-24', 'node-26']
const registers = allNodes.flatMap((node) =>
  ['current', 'older'].map((installed) => ({
    name: `register/${node}/${installed}`,
    async run(apps) {
      const { program: path, version } = await ensureRuntime(node)
      const folder = await apps.get(`register-${installed}`)
      const what = `${installed} frameworks and clients`
      return {
        runtime: `node ${version}`,
        what,
        otel: '',
        ...(await checkRegister(path, folder, registerApps(installed))),
      }
    },
  })),
)

/** Frameworks above the clients, whose modules `register` has to see. */
const tools = allNodes.flatMap((node) =>
  ['current', 'older', 'oldest'].map((installed) => ({
    name: `tools/${node}/${installed}`,
    async run(apps) {
      const { program: path, version } = await ensureRuntime(node)
      const folder = await apps.get(`tools-${installed}`)
      const result = await checkRegister(path, folder, toolApps(installed, Number.parseInt(version, 10)))
      return { runtime: `node ${version}`, what: `tools of ${installed} frameworks and of MCP`, otel: '', ...result }
    },
  })),
)

/** Odd requests, as bytes, to a server of every framework. */
const shapes = ['node-20', 'node-22', 'node-24', 'node-26'].flatMap((node) =>
  ['current', 'older'].map((installed) => ({
    name: `shapes/${node}/${installed}`,
    async run(apps) {
      const { program: path, version } = await ensureRuntime(node)
      const folder = await apps.get(`register-${installed}`)
      const what = `odd requests to ${installed} frameworks`
      return {
        runtime: `node ${version}`,
        what,
        otel: '',
        ...(await checkShapes({ name: 'node', program: path }, folder, installed)),
      }
    },
  })),
)

/** The same to the servers of other runtimes, which see requests in other ways. */
const otherShapes = ['bun', 'deno'].map((name) => ({
  name: `shapes/${name}`,
  async run(apps) {
    const { program: path, version } = await ensureRuntime(name)
    const result = await checkShapes({ name, program: path }, await apps.get('servers'), 'current', portableServers)
    return { runtime: `${name} ${version}`, what: 'odd requests to current frameworks', otel: '', ...result }
  },
}))

/** Adapters without `register` and `start()`, which get no requests but their own. */
const adapters = ['bun', 'deno', 'node-20'].map((runtime) => ({
  name: `adapters/${runtime}`,
  async run(apps) {
    const { program: path, version } = await ensureRuntime(runtime)
    const rights = runtime === 'deno' ? ['run', '--no-prompt', '--allow-all'] : []
    const output = await runProgram(path, [...rights, 'program/run-adapters.mjs'], { cwd: await apps.get('servers') })
    const what = 'adapters of node:http'
    return { runtime: `${runtime.replace(/-\d+$/, '')} ${version}`, what, otel: '', ...readChecks(output) }
  },
}))

/** A runtime with its own OpenTelemetry. Bun has none. */
const besideDeno = {
  name: 'beside/deno',
  async run(apps) {
    const { program: path, version } = await ensureRuntime('deno')
    const what = 'its own OpenTelemetry beside register'
    return { runtime: `deno ${version}`, what, otel: '', ...(await checkBesideDeno(path, await apps.get('servers'))) }
  },
}

const applications = ['node-20', 'node-24'].map((node) => ({
  name: `applications/${node}`,
  async run(apps) {
    const { program: path, version } = await ensureRuntime(node)
    const folder = await apps.get('applications')
    const what = 'applications and starters from npm'
    return {
      runtime: `node ${version}`,
      what,
      otel: '',
      ...(await checkApplications(path, folder, node)),
    }
  },
}))

const nexts = [15, 16].flatMap((version) =>
  ['webpack', 'turbopack'].map((bundler) => ({
    name: `next/${version}/${bundler}`,
    async run(apps) {
      const folder = await apps.get(`next-${version}-${bundler}`)
      const what = `Next ${version}, built by ${bundler}`
      return {
        runtime: `node ${process.versions.node}`,
        what,
        otel: '',
        ...withOutcome(`Next ${version} and ${bundler}`, await checkNext(folder, { version, bundler })),
      }
    },
  })),
)

const nitros = [2, 3].flatMap((nitro) =>
  ['node-20', 'node-24'].map((node) => ({
    name: `nitro/${nitro}/${node}`,
    async run(apps) {
      const { program: path, version } = await ensureRuntime(node)
      const folder = await apps.get(`nitro-${nitro}`)
      return {
        runtime: `node ${version}`,
        what: `Nitro ${nitro}`,
        otel: '',
        ...withOutcome(`Nitro ${nitro}`, await checkNitro(path, folder, nitro)),
      }
    },
  })),
)

const nuxt = {
  name: 'nitro/nuxt-4',
  async run(apps) {
    const { program: builder, version } = await ensureRuntime('node-24')
    const checks = await checkNuxt(builder, [process.execPath, builder], await apps.get('nuxt-4'))
    return { runtime: `node ${version}`, what: 'Nuxt 4', otel: '', ...withOutcome('Nuxt 4', checks) }
  },
}

const others = [
  program('core/bun', 'bun', '3.1'),
  program('core/deno', 'deno', '3.1', 'program/run-process.mjs', ['run', '--no-prompt', '--allow-all']),
  program('core/deno-without-rights', 'deno', '', 'program/run-bare.mjs', ['run', '--no-prompt']),
]

/** Real clients of models, in runtimes with and without diagnostics channels. */
const models = [
  { name: 'models', file: 'run-models.mjs', what: 'model clients' },
  { name: 'mcp', file: 'run-mcp.mjs', what: 'MCP over HTTP, instrumented' },
].flatMap(({ name, file, what }) =>
  ['bun', 'deno', 'node-20', 'node-22', 'node-24', 'node-26'].map((runtime) => ({
    name: `${name}/${runtime}`,
    async run(apps) {
      const { program: path, version } = await ensureRuntime(runtime)
      const rights = runtime === 'deno' ? ['run', '--no-prompt', '--allow-all'] : []
      const output = await runProgram(path, [...rights, `program/${file}`], { cwd: await apps.get('models') })
      return { runtime: `${runtime.replace(/-\d+$/, '')} ${version}`, what, otel: '', ...readChecks(output) }
    },
  })),
)

/** Handlers of Request and Response behind the runtimes' own servers. */
const fetchHandlers = ['bun', 'deno', 'node-20', 'node-22', 'node-24', 'node-26'].map((runtime) => ({
  name: `fetch/${runtime}`,
  async run(apps) {
    const { program: path, version } = await ensureRuntime(runtime)
    const rights = runtime === 'deno' ? ['run', '--no-prompt', '--allow-all'] : []
    const cwd = await apps.get('fetch-handlers')
    const output = await runProgram(path, [...rights, 'program/run-fetch.mjs'], { cwd })
    return {
      runtime: `${runtime.replace(/-\d+$/, '')} ${version}`,
      what: 'handlers of fetch',
      otel: '',
      ...withOutcome('handlers of fetch', readChecks(output)),
    }
  },
}))

const workers = Object.keys(eras).map((era) => ({
  name: `core/${era}`,
  async run(apps) {
    const { program: path, version } = await ensureRuntime('workerd')
    const checks = await runInWorkerd(path, await apps.get('otel-3'), era)
    return { runtime: `workerd ${version} (${eras[era].compatibilityDate})`, what: portable, otel: '3.1', ...checks }
  },
}))

const workerHandlers = {
  name: 'fetch/workerd',
  async run(apps) {
    const { program: path, version } = await ensureRuntime('workerd')
    const checks = await checkFetchInWorkerd(path, await apps.get('fetch-handlers'))
    return {
      runtime: `workerd ${version}`,
      what: 'handlers of fetch',
      otel: '',
      ...withOutcome('handlers of fetch', checks),
    }
  },
}

const workerModels = Object.entries(modelEras).map(([name, compatibility]) => ({
  name,
  async run(apps) {
    const { program: path, version } = await ensureRuntime('workerd')
    const checks = await checkModelsInWorkerd(path, await apps.get('models'), compatibility)
    const runtime = `workerd ${version} (${compatibility.compatibilityDate})`
    return { runtime, what: 'model clients', otel: '', ...checks }
  },
}))

let workspace
/** Created by the first suite that needs it, for all suites. */
const sourceWorkspace = () => {
  workspace ??= createSourceWorkspace()
  return workspace
}
export const removeWorkspace = async () => (await workspace?.catch(() => undefined))?.remove()

const suites = ['node-22', 'node-24', 'node-26'].flatMap((node) =>
  testedPackages.map((name) => ({
    name: `suite/${name}/${node}`,
    async run() {
      const { program: path, version } = await ensureRuntime(node)
      const { folder } = await sourceWorkspace()
      return {
        runtime: `node ${version}`,
        what: `the tests of ${name}`,
        otel: '3.1',
        ...(await runSuite(path, folder, name)),
      }
    },
  })),
)

/** Compares our copies of OpenTelemetry's types with its SDK of line 3. */
const typeTests = ['store', 'core', 'activity-log'].map((name) => ({
  name: `suite/types-of-${name}`,
  async run() {
    const { folder } = await sourceWorkspace()
    const tsc = join(folder, 'node_modules', 'typescript', 'bin', 'tsc')
    const project = join('packages', name, 'tsconfig.test.json')
    const { code, output } = await runProgram(process.execPath, [tsc, '--noEmit', '-p', project], { cwd: folder })
    const count = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }
    return { runtime: 'TypeScript 7', what: `the type tests of ${name}`, otel: '3.1', ...count, output }
  },
}))

const types = Object.entries(compilers).map(([version, release]) => ({
  name: `types/${version}`,
  async run(apps) {
    const folder = await apps.get('types')
    const found = []
    for (const resolution of Object.keys(resolutions)) found.push(await checkTypes(folder, version, resolution))
    return {
      runtime: `TypeScript ${release}`,
      what: `declarations (${Object.keys(resolutions).join(', ')})`,
      otel: '',
      passed: found.filter((each) => each.length === 0).length,
      failed: found.filter((each) => each.length > 0).length,
      output: found.flat().slice(0, 20).join('\n'),
    }
  },
}))

const bundles = bundlerNames.map((bundler) => ({
  name: `bundlers/${bundler}`,
  async run(apps) {
    const checks = await checkBundler(bundler, await apps.get('bundlers'))
    return { runtime: `node ${process.versions.node}`, what: `bundled by ${bundler}`, otel: '2.12', ...checks }
  },
}))

/** @type {readonly Job[]} */
export const jobs = [
  ...nodes,
  ...others,
  ...models,
  ...fetchHandlers,
  ...workers,
  workerHandlers,
  ...workerModels,
  ...sdks,
  ...registers,
  ...tools,
  ...shapes,
  ...otherShapes,
  ...adapters,
  besideDeno,
  ...bundles,
  ...nexts,
  ...nitros,
  nuxt,
  ...applications,
  ...types,
  ...typeTests,
  ...suites,
]
