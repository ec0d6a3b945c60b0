import { execFile } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publicPackages, root } from './pack.mjs'

const run = promisify(execFile)

/** The supported compilers. */
export const compilers = { 5.6: '5.6.3', 5.9: '5.9.3', '6.0': '6.0.3', '7.0': '7.0.2' }

/** Module resolutions of applications, each with its `module` setting. */
export const resolutions = { node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' }

/** Other dependencies of a compiled application: the compilers, and the types of optional peers. */
export function typeDependencies(versions = Object.keys(compilers)) {
  const aliases = versions.map((version) => [`typescript-${version}`, `npm:typescript@${compilers[version]}`])
  return { '@types/node': '20.19.43', ...peersOf(publicPackages()), ...Object.fromEntries(aliases) }
}

/** The optional peers and their types, at the versions that the workspace tests with. */
function peersOf(packages) {
  const found = {}
  for (const { peerDependenciesMeta = {}, devDependencies = {} } of packages) {
    for (const peer of Object.keys(peerDependenciesMeta)) {
      for (const name of [peer, `@types/${peer}`]) {
        if (devDependencies[name] !== undefined) found[name] = devDependencies[name]
      }
    }
  }
  return found
}

/** Writes the application's sources: one uses the packages, one imports every entry. */
export function writeConsumer(folder) {
  copyFileSync(join(root, 'test', 'packaging', 'apps', 'consumer.ts'), join(folder, 'consumer.ts'))
  const paths = publicPackages().flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((path) => path !== './package.json')
      .map((path) => `${name}${path.slice(1)}`),
  )
  const lines = paths.map((path, i) => `export * as entry${i} from '${path}'`)
  writeFileSync(join(folder, 'everything.ts'), `${lines.join('\n')}\n`)
}

/**
 * Compiles the application and checks all declarations, Quipu's and those that they import.
 * @param {string} folder the folder of the application
 * @param {string} version one of `compilers`
 * @param {string} resolution one of `resolutions`
 * @returns {Promise<readonly string[]>} the compiler's diagnostics, one per line
 */
export async function checkTypes(folder, version, resolution) {
  const project = join(folder, `tsconfig.${version}.${resolution}.json`)
  const compilerOptions = {
    target: 'ES2022',
    // The minimum of a Node application: `using`, `Request` and `Response` come with Node's types.
    lib: ['ES2022'],
    types: ['node'],
    module: resolutions[resolution],
    moduleResolution: resolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  }
  writeFileSync(project, JSON.stringify({ compilerOptions, files: ['consumer.ts', 'everything.ts'] }))
  const tsc = join(folder, 'node_modules', `typescript-${version}`, 'bin', 'tsc')
  try {
    await run(process.execPath, [tsc, '-p', project, '--pretty', 'false'], { cwd: folder, maxBuffer: 1 << 26 })
    return []
  } catch (error) {
    return String(error.stdout)
      .split('\n')
      .filter((line) => line !== '')
  }
}
