import type { LoadFnOutput, LoadHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { appendedCode } from './appended-code.js'
import { type FoundLibrary, type LibraryFiles, libraryOfFile } from './libraries.js'

// Runs in the thread of Node's module hooks (`module.register`), for versions without hooks in the application's
// thread.

let files: LibraryFiles = new Map()
let entryUrl: string | undefined
let builtUrl: string | undefined
let activity: Int32Array | undefined

export interface HookData {
  readonly files: LibraryFiles
  /** URL of the application's main file. */
  readonly entryUrl: string | undefined
  /** URL of the folder of an application that contains its framework. */
  readonly builtUrl: string | undefined
  /** Shared counters of loaded modules, see `noteLoad`. */
  readonly activity: SharedArrayBuffer
}

/** Called by Node with the data from `watchModules`. */
export function initialize(data: HookData): void {
  files = data.files
  entryUrl = data.entryUrl
  builtUrl = data.builtUrl
  activity = new Int32Array(data.activity)
}

/** Counts a loaded module in the first number; the second becomes positive once the main file was loaded. */
export function noteLoad(numbers: Int32Array, isEntry: boolean): void {
  Atomics.add(numbers, 0, 1)
  if (isEntry) Atomics.add(numbers, 1, 1)
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (activity !== undefined) noteLoad(activity, url === entryUrl)
  return withReport(await nextLoad(url, context), url, { files, entryUrl, builtUrl })
}

/** Returns a loaded module with the code that reports it, if it is an ES module to observe. */
export function withReport(
  loaded: LoadFnOutput,
  url: string,
  { files, entryUrl, builtUrl }: Omit<HookData, 'activity'>,
): LoadFnOutput {
  if (loaded.format !== 'module' || loaded.source == null) return loaded
  const library = libraryOfUrl(url, files)
  const isBuilt = builtUrl !== undefined && url.startsWith(builtUrl)
  const isMain = url === entryUrl
  // Most modules are not read here.
  if (!isMain && library === undefined && !isBuilt) return loaded
  const source = textOf(loaded.source)
  const added = appendedCode({ url, source, isMain, library, isBuilt })
  return added === '' ? loaded : { ...loaded, source: source + added }
}

function libraryOfUrl(url: string, among: LibraryFiles): FoundLibrary | undefined {
  return url.startsWith('file:') ? libraryOfFile(fileURLToPath(url), among) : undefined
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source)
}
