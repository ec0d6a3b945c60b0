import type { LoadHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { noticeFor } from './esm-notice.js'
import { libraryOfFile } from './libraries.js'

// Runs in the thread of Node's module hooks (`module.register`), where Node has no hooks in the thread of the application.

let names: ReadonlySet<string> = new Set()
let activity: Int32Array | undefined

/** Told by `watchModules` which libraries it looks for, and where it counts the modules that are loaded. */
export function initialize(data: { readonly names: readonly string[]; readonly activity: SharedArrayBuffer }): void {
  names = new Set(data.names)
  activity = new Int32Array(data.activity)
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (activity !== undefined) Atomics.add(activity, 0, 1)
  const result = await nextLoad(url, context)
  if (result.format !== 'module' || !isEntry(url) || result.source == null) return result
  return { ...result, source: `${textOf(result.source)}${noticeFor(url)}` }
}

export function isEntry(url: string, among: ReadonlySet<string> = names): boolean {
  return url.startsWith('file:') && libraryOfFile(fileURLToPath(url), among) !== undefined
}

export function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source)
}
