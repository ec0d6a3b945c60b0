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

/** Classes of h3 1, and of h3 2 as Nitro 3 uses it, and the function that returns the application of Nitro. */
const BUNDLED = ['H3Event', 'H3Core', 'useNitroApp']
const DECLARED = /\bclass (?:H3Event|H3Core)\b|\bH3Core = class\b/

/** Code that is appended to a module that contains a framework, to report the framework's classes and functions by their names. */
export function reportOfBundled(url: string, source: string): string {
  if (!DECLARED.test(source)) return ''
  const classes = BUNDLED.map((name) => `${name}:typeof ${name}==='function'?${name}:undefined`)
  return `\n;${FOUND}?.(${JSON.stringify(url)},{${classes.join()}});\n`
}

/** What is known of an ES module before it runs. */
export interface LoadedModule {
  readonly url: string
  readonly source: string
  readonly isMain: boolean
  readonly library: FoundLibrary | undefined
  /** Whether it belongs to an application that was built into few files, with its framework. */
  readonly isBuilt: boolean
}

/** Returns the code to append to an ES module, for most modules an empty text. */
export function appendedCode({ url, source, isMain, library, isBuilt }: LoadedModule): string {
  const bundled = isBuilt ? reportOfBundled(url, source) : ''
  if (isMain) return bundled + reportOfEnd(url)
  if (library === undefined) return bundled
  return replacementsOf(url, library.functions, 'quipuSelf') + reportOfExports(url)
}
