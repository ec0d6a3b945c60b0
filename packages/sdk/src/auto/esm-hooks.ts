import type { LoadHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { appendix } from './esm-notice.js'
import { libraryOfFile } from './libraries.js'

// Runs in the thread of Node's module hooks (`module.register`), where Node has no hooks in the thread of the application.

let names: ReadonlySet<string> = new Set()
let entryUrl: string | undefined
let activity: Int32Array | undefined

export interface HookData {
  readonly names: readonly string[]
  /** URL of the application's main file. */
  readonly entryUrl: string | undefined
  /** Counts the modules that are loaded, and whether the main file was: see `noteLoad`. */
  readonly activity: SharedArrayBuffer
}

/** Told by `watchModules` what to look for. */
export function initialize(data: HookData): void {
  names = new Set(data.names)
  entryUrl = data.entryUrl
  activity = new Int32Array(data.activity)
}

/** Notes that a module is loaded: the first number counts them, the second is above 0 once the main file was one. */
export function noteLoad(numbers: Int32Array, isEntry: boolean): void {
  Atomics.add(numbers, 0, 1)
  if (isEntry) Atomics.add(numbers, 1, 1)
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (activity !== undefined) noteLoad(activity, url === entryUrl)
  const result = await nextLoad(url, context)
  const added = appendix(url, url === entryUrl, isLibraryEntry(url))
  if (added === '' || result.format !== 'module' || result.source == null) return result
  return { ...result, source: `${textOf(result.source)}${added}` }
}

export function isLibraryEntry(url: string, among: ReadonlySet<string> = names): boolean {
  return url.startsWith('file:') && libraryOfFile(fileURLToPath(url), among) !== undefined
}

export function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source)
}
