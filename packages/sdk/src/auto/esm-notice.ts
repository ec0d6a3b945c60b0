import { LOADED } from '@quipu/catalog/symbols'

/** How appended code, which has no imports, finds the function to call. */
const FOUND = `globalThis[Symbol.for('${LOADED.description}')]`

/**
 * What is appended to the source of an ES module, so that it says when it has been evaluated, with its own exports. Nothing
 * before it changes: no line moves, no export is wrapped.
 */
export function noticeFor(url: string): string {
  const { pathname, search } = new URL(url)
  // With its query: without it, it would be another module.
  const file = JSON.stringify(`./${pathname.split('/').at(-1) ?? ''}${search}`)
  return `\n;import * as quipuSelf from ${file};${FOUND}?.(${JSON.stringify(url)},quipuSelf);\n`
}

/** What is appended to the application's main file, so that it says when it has been evaluated. */
export function endOfMain(url: string): string {
  return `\n;${FOUND}?.(${JSON.stringify(url)});\n`
}

/** What to append to a module; nothing to most. */
export function appendix(url: string, isMain: boolean, isLibrary: boolean): string {
  if (isMain) return endOfMain(url)
  return isLibrary ? noticeFor(url) : ''
}
