import type { ReportKind } from '@quipu/http/reports'

/**
 * A web framework, a framework that calls models and tools, a client of models, which the line at start does not name, or a
 * library beside them.
 */
export type LibraryKind = 'http' | 'framework' | 'client' | ReportKind

/** A library that can be observed without changes to the application. */
export interface Library {
  /** Its name in node_modules and in the line at start. */
  readonly name: string
  readonly kind: LibraryKind
  /** Whether it has CommonJS modules only, which Node loads by `require`, also for an `import`. */
  readonly isCommonJs?: true
  /** Its observed modules, by their paths within the package. Default: the package's entry. */
  readonly files?: RegExp
  /** Starts to observe it, given the exports of one of the modules; returns whether the shape was recognised. */
  observe(exports: unknown): boolean
  /** Names of functions that an observed module declares and `replace` replaces, where nothing else reports their work. */
  readonly functions?: readonly string[]
  /** Returns the function to use instead of one of `functions`; the same one if it is not replaced. */
  replace?(name: string, original: unknown, exports: unknown): unknown
}

/** A library that the application has loaded. */
export interface LoadedLibrary {
  readonly name: string
  readonly kind: LibraryKind
  readonly version: string
  readonly isObserved: boolean
}

/** The observed modules of a package: their paths in it, and the functions of theirs that are replaced. */
interface ObservedFiles {
  readonly paths: RegExp
  readonly functions: readonly string[]
}

/** The observed modules, by the name of their package. */
export type LibraryFiles = ReadonlyMap<string, ObservedFiles>

/** An observed module's library. */
export interface FoundLibrary {
  readonly name: string
  /** The folder of its package. */
  readonly root: string
  readonly functions: readonly string[]
}

/** The path of a package's own entry: `index.js`, `index.mjs`, `dist/index.js`, … */
const ENTRY = /^(?:(?:dist|lib|build)\/(?:esm\/|cjs\/)?)?(?:index|main)\.[cm]?js$/

export function filesOf(libraries: readonly Library[]): LibraryFiles {
  return new Map(libraries.map(({ name, files = ENTRY, functions = [] }) => [name, { paths: files, functions }]))
}

/** Returns the package of a file: its name, its root, and the file's path within it. */
export function packageOfFile(path: string): { readonly name: string; readonly root: string; readonly file: string } {
  const at = path.lastIndexOf('/node_modules/')
  const inside = at < 0 ? '' : path.slice(at + '/node_modules/'.length)
  const name = packageOfRequest(inside)
  return { name, root: path.slice(0, path.length - inside.length + name.length), file: inside.slice(name.length + 1) }
}

/** Returns the package in a module's name: `@scope/name` of `@scope/name/folder/file.js`. */
export function packageOfRequest(request: string): string {
  const [first = '', second = ''] = request.split('/', 2)
  return first.startsWith('@') ? `${first}/${second}` : first
}

/** Returns the library of which a file is an observed module; undefined for any other file. */
export function libraryOfFile(path: string, files: LibraryFiles): FoundLibrary | undefined {
  const { name, root, file } = packageOfFile(path)
  const found = files.get(name)
  return found?.paths.test(file) ? { name, root, functions: found.functions } : undefined
}
