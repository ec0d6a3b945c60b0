import { LOADED, REPLACED } from '@quipu/catalog/symbols'
import type { FoundLibrary } from './libraries.js'

/** The function to call, as an expression for appended code, which has no imports. */
const FOUND = `globalThis[Symbol.for('${LOADED.description}')]`
const REPLACE = `globalThis[Symbol.for('${REPLACED.description}')]`

/**
 * Code that is appended to the source of an ES module to report its exports after its evaluation. The code before it
 * stays unchanged: line numbers and exports are kept.
 */
export function reportOfExports(url: string): string {
  const { pathname, search } = new URL(url)
  // With its query, which is part of a module's identity.
  const file = JSON.stringify(`./${pathname.split('/').at(-1) ?? ''}${search}`)
  return `\n;import * as quipuSelf from ${file};${FOUND}?.(${JSON.stringify(url)},quipuSelf);\n`
}

/** Code that is appended to the application's main file to report the end of its evaluation. */
export function reportOfEnd(url: string): string {
  return `\n;${FOUND}?.(${JSON.stringify(url)});\n`
}

/**
 * Code that is appended to the source of a module to replace functions that it declares, for the module itself and for
 * those that import it. A name that is not a function declaration of the module stays unchanged.
 *
 * @param exports an expression for the exports of the module
 */
export function replacementsOf(url: string, names: readonly string[], exports: string): string {
  const replacement = (name: string): string => {
    const args = [JSON.stringify(url), JSON.stringify(name), name, exports]
    return `try{${name}=${REPLACE}(${args.join()})}catch{}`
  }
  return names.length === 0 ? '' : `\n;${names.map(replacement).join(';')}\n`
}

/** Returns the code to append to an ES module, for most modules an empty text. */
export function appendedCode(url: string, isMain: boolean, library: FoundLibrary | undefined): string {
  if (isMain) return reportOfEnd(url)
  if (library === undefined) return ''
  return replacementsOf(url, library.functions, 'quipuSelf') + reportOfExports(url)
}
