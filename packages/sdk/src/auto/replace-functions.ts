import { Module } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { REPLACED } from '@quipu/catalog/symbols'
import { replacementsOf } from './appended-code.js'
import { type Library, type LibraryFiles, libraryOfFile } from './libraries.js'
import { orUndefined } from './or-undefined.js'

/**
 * Replaces functions of libraries, by code that is appended to the module that declares them: exports of an ES module cannot
 * be replaced from outside. Module hooks append it to ES modules.
 *
 * @returns a function that returns whether the module at a path had a function that was replaced
 */
export function replaceFunctions(
  libraries: ReadonlyMap<string, Library>,
  files: LibraryFiles,
): (path: string) => boolean {
  const replaced = new Set<string>()
  Reflect.set(globalThis, REPLACED, (url: string, name: string, original: unknown, exports: unknown) => {
    const found = orUndefined(() => {
      const path = fileURLToPath(url)
      const library = libraries.get(libraryOfFile(path, files)?.name ?? '')
      const replacement = library?.replace?.(name, original, exports)
      if (replacement !== undefined && replacement !== original) replaced.add(path)
      return replacement
    })
    return found ?? original
  })
  appendToCommonJs(files)
  return (path) => replaced.has(path)
}

type Compile = (this: unknown, content: string, path: string, ...more: readonly unknown[]) => unknown

/** CommonJS modules are compiled by `Module.prototype._compile`, which many packages replace too. */
function appendToCommonJs(files: LibraryFiles): void {
  // Not in Node's documented types.
  const prototype = Module.prototype as unknown as { _compile: Compile }
  const compile = prototype._compile
  prototype._compile = function (content, path, ...more) {
    const [format] = more
    const code = format === 'module' ? undefined : orUndefined(() => commonJsCode(path, files))
    return Reflect.apply(compile, this, [code === undefined ? content : `${content}${code}`, path, ...more])
  }
}

function commonJsCode(path: string, files: LibraryFiles): string {
  return replacementsOf(pathToFileURL(path).href, libraryOfFile(path, files)?.functions ?? [], 'module.exports')
}
