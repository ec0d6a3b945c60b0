import type { LoadHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { appendedCode } from './appended-code.js'
import { type FoundLibrary, type LibraryFiles, libraryOfFile } from './libraries.js'

// Runs in the thread of Node's module hooks (`module.register`), for versions without hooks in the application's
// thread.

let files: LibraryFiles = new Map()
let entryUrl: string | undefined
let activity: Int32Array | undefined

export interface HookData {
  readonly files: LibraryFiles
  /** URL of the application's main file. */
  readonly entryUrl: string | undefined
  /** Shared counters of loaded modules, see `noteLoad`. */
  readonly activity: SharedArrayBuffer
}

/** Called by Node with the data from `watchModules`. */
export function initialize(data: HookData): void {
  files = data.files
  entryUrl = data.entryUrl
  activity = new Int32Array(data.activity)
}

/** Counts a loaded module in the first number; the second becomes positive once the main file was loaded. */
export function noteLoad(numbers: Int32Array, isEntry: boolean): void {
  Atomics.add(numbers, 0, 1)
  if (isEntry) Atomics.add(numbers, 1, 1)
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (activity !== undefined) noteLoad(activity, url === entryUrl)
  const result = await nextLoad(url, context)
  const added = appendedCode(url, url === entryUrl, libraryOfUrl(url))
  if (added === '' || result.format !== 'module' || result.source == null) return result
  return { ...result, source: `${textOf(result.source)}${added}` }
}

export function libraryOfUrl(url: string, among: LibraryFiles = files): FoundLibrary | undefined {
  return url.startsWith('file:') ? libraryOfFile(fileURLToPath(url), among) : undefined
}

export function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source)
}
