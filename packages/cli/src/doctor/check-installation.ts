import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Finding, note, ok, problem } from './finding.js'

interface Installed {
  readonly name: string
  readonly version: string
  readonly path: string
}

/** Checks Node and the packages that an application in this folder would load. */
export function checkInstallation(cwd: string, nodeVersion: string): readonly Finding[] {
  const packages = installedPackages(cwd)
  return [checkNode(nodeVersion), ...checkOurs(packages), ...checkApi(packages), ...checkOthers(packages)]
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number)
  const isNew = major > 20 || (major === 20 && minor >= 19)
  return isNew ? ok(`Node ${version}`) : problem(`Node ${version} is too old`, 'install Node 20.19 or later')
}

function checkOurs(packages: readonly Installed[]): readonly Finding[] {
  const ours = packages.filter(({ name }) => name.startsWith('@quipu/'))
  if (ours.length === 0) return [note('no @quipu package is installed here', 'npm install @quipu/sdk')]
  const versions = new Set(ours.map(({ version }) => version))
  const list = [...new Set(ours.map(({ name, version }) => `${name} ${version}`))].sort().join(', ')
  return versions.size === 1
    ? [ok(list)]
    : [problem(`different versions of @quipu packages: ${list}`, 'install the same version of each')]
}

/** Copies of the API with different minor versions do not share providers. */
function checkApi(packages: readonly Installed[]): readonly Finding[] {
  const copies = packages.filter(({ name }) => name === '@opentelemetry/api')
  if (copies.length === 0) return [note('@opentelemetry/api is not installed here')]
  const versions = [...new Set(copies.map(({ version }) => version))]
  if (versions.length === 1) return [ok(`@opentelemetry/api ${versions[0]}`)]
  const places = copies.map(({ version, path }) => `${version} in ${path}`).join(', ')
  return [
    problem(
      `${versions.length} versions of @opentelemetry/api: ${places}`,
      'npm dedupe, or align the packages that depend on them',
    ),
  ]
}

/** Libraries that record metrics under names that Quipu also uses. */
const SAME_NAMES = new Set(['@opentelemetry/instrumentation-openai', 'openlit', '@ai-sdk/otel'])

function checkOthers(packages: readonly Installed[]): readonly Finding[] {
  const others = packages.filter(({ name }) => SAME_NAMES.has(name))
  return others.map(({ name, version }) =>
    note(
      `${name} ${version} records gen_ai metrics under names that Quipu also uses`,
      'if it is used, let only one of both record them: QUIPU_VOCABULARIES=securetrack,aki,atlas,quipu',
    ),
  )
}

/** The packages in the nearest node_modules, and in those one level below. */
function installedPackages(cwd: string): readonly Installed[] {
  const top = nearest(cwd)
  if (top === undefined) return []
  const direct = packageFolders(top)
  const nested = direct.flatMap((folder) => packageFolders(join(folder, 'node_modules')))
  return [...direct, ...nested].flatMap((folder) => {
    try {
      const {
        name,
        version,
        private: isPrivate,
      }: { name: string; version: string; private?: boolean } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      )
      const isWanted =
        !isPrivate && (name.startsWith('@quipu/') || name === '@opentelemetry/api' || SAME_NAMES.has(name))
      return isWanted ? [{ name, version, path: folder.slice(dirname(top).length + 1) }] : []
    } catch {
      return []
    }
  })
}

function nearest(folder: string): string | undefined {
  const modules = join(folder, 'node_modules')
  if (existsSync(modules)) return modules
  const parent = dirname(folder)
  return parent === folder ? undefined : nearest(parent)
}

function packageFolders(modules: string): readonly string[] {
  if (!existsSync(modules)) return []
  return readdirSync(modules).flatMap((name) => {
    const path = join(modules, name)
    return name.startsWith('@') ? readdirSync(path).map((scoped) => join(path, scoped)) : [path]
  })
}
