import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import type { Library } from './libraries.js'

/**
 * Returns whether the application may load ES modules to observe, on versions of Node whose module hooks run in a separate
 * thread (12 MB on Node 20): its main file is an ES module, or a library with ES modules is installed beside it.
 *
 * @param entry path of the application's main file; undefined with `--eval` and in the REPL
 */
export function needsHooksThread(libraries: readonly Library[], entry: string | undefined): boolean {
  if (entry === undefined ? process.execArgv.includes('--input-type=module') : mayBeEsModule(entry)) return true
  const folders = foldersAbove(entry === undefined ? process.cwd() : dirname(entry))
  return libraries.some(
    ({ name, isCommonJs }) =>
      isCommonJs !== true && folders.some((folder) => existsSync(join(folder, 'node_modules', name))),
  )
}

/** Decides by the extension, the package's `type`, or the syntax, as Node does. */
function mayBeEsModule(path: string): boolean {
  const extension = extname(path)
  if (extension === '.cjs') return false
  if (extension !== '.js' && extension !== '') return true
  const type = packageTypeOf(path)
  return type === 'module' || (type !== 'commonjs' && /^\s*(?:import|export)\b/m.test(readFileSync(path, 'utf8')))
}

/** The `type` of the package that a file belongs to. */
function packageTypeOf(path: string): unknown {
  const manifest = foldersAbove(dirname(path))
    .map((folder) => join(folder, 'package.json'))
    .find((file) => existsSync(file))
  return manifest === undefined ? undefined : Reflect.get(Object(JSON.parse(readFileSync(manifest, 'utf8'))), 'type')
}

/** A folder and its parents, the innermost first. */
export function foldersAbove(folder: string): readonly string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)]
}
