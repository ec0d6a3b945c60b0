import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { foldersAbove } from './hooks-thread.js'
import type { Library } from './libraries.js'
import { orUndefined } from './or-undefined.js'

const ALIAS = /^npm:(?<name>@?[^@]+)/

/**
 * Returns the libraries, and once more those that the application installs under another name: `"ai-6": "npm:ai@6"`. Only
 * manifests in folders above the main file are read.
 *
 * @param entry path of the application's main file; undefined with `--eval` and in the REPL
 */
export function withAliases(libraries: readonly Library[], entry: string | undefined): readonly Library[] {
  const aliased = foldersAbove(entry === undefined ? process.cwd() : dirname(entry)).flatMap(aliasesIn)
  return [
    ...libraries,
    ...aliased.flatMap(([alias, name]) =>
      libraries.filter((library) => library.name === name).map((library) => ({ ...library, name: alias })),
    ),
  ]
}

/** The aliases in a folder's manifest, with the names of their packages. */
function aliasesIn(folder: string): readonly (readonly [alias: string, name: string | undefined])[] {
  const manifest: unknown = orUndefined(() => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  return ['dependencies', 'devDependencies', 'optionalDependencies']
    .flatMap((kind) => Object.entries(Object(Reflect.get(Object(manifest), kind))))
    .map(([alias, version]) => [alias, ALIAS.exec(String(version))?.groups?.name] as const)
    .filter(([alias, name]) => name !== undefined && name !== alias)
}
