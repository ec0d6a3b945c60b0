import { LOADED } from '@quipu/catalog/symbols'

/** The function to call, as an expression for appended code, which has no imports. */
const FOUND = `globalThis[Symbol.for('${LOADED.description}')]`

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

/** Returns the code to append to a module, for most modules an empty text. */
export function appendedCode(url: string, isMain: boolean, isLibrary: boolean): string {
  if (isMain) return reportOfEnd(url)
  return isLibrary ? reportOfExports(url) : ''
}
