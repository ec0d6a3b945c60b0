import { createRequire, type LoadFnOutput, type LoadHookContext, Module, register } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { LOADED } from '@quipu/catalog/symbols'
import { observeExpressServer, whenServing } from '@quipu/http/auto'
import { withAliases } from './aliases.js'
import { builtNitro } from './built-nitro.js'
import { createBunModules } from './bun-modules.js'
import { type HookData, noteLoad, withReport } from './esm-hooks.js'
import { needsHooksThread } from './hooks-thread.js'
import {
  filesOf,
  type Library,
  type LibraryFiles,
  type LoadedLibrary,
  libraryOfFile,
  packageOfFile,
  packageOfRequest,
} from './libraries.js'
import { orUndefined } from './or-undefined.js'
import { replaceFunctions } from './replace-functions.js'

/** The modules that the application loads. */
export interface ModuleWatch {
  /** Path of the application's main file; undefined with `--eval` and in the REPL. */
  readonly entry: string | undefined
  /** The libraries loaded so far, each once. */
  readonly loaded: readonly LoadedLibrary[]
  /** Changes whenever a module was loaded since the last call; 0 until the application's main file is loaded. */
  activity(): number
  /** Whether modules are seen that the application loads with `import`, and not only those that it requires. */
  readonly seesImports: boolean
  /** Whether the application's main file has run to its end, including top-level await. */
  isEvaluated(): boolean
  /** Whether the framework that a built application contains is observed. */
  isBuiltObserved(): boolean
}

/**
 * Observes libraries when the application loads them with `require` or `import`. It loads no module itself, and the
 * application gets the library's own exports. `hooks` is the URL of `esm-hooks.js`,
 * and `observeBundled` gets the classes of a framework that a built application contains.
 */
export function watchModules(
  libraries: readonly Library[],
  hooks: URL,
  observeBundled: (classes: unknown) => boolean,
): ModuleWatch {
  const entry = entryPath()
  const watched = withAliases(libraries, entry)
  const byName = new Map(watched.map((library) => [library.name, library]))
  const files = filesOf(watched)
  const loaded: LoadedLibrary[] = []
  const seen = new Set<unknown>()
  const buffer = new SharedArrayBuffer(8)
  const counter = new Int32Array(buffer)

  // With `--eval` and in the REPL, there is no main file to wait for.
  let isEvaluated = entry === undefined

  const isReplaced = replaceFunctions(byName, files)
  const onLoaded = (path: string, exports: unknown): void => {
    if (path === entry) isEvaluated = true
    const found = libraryOfFile(path, files)
    const library = found && byName.get(found.name)
    if (found === undefined || library === undefined || seen.has(exports)) return
    const isObserved = orUndefined(() => library.observe(exports)) || isReplaced(path)
    // The exports may be incomplete where modules require each other.
    if (isObserved) seen.add(exports)
    const version = versionOf(found.root)
    const known = loaded.findIndex(({ name, version: other }) => name === found.name && other === version)
    if (known < 0) loaded.push({ name: found.name, kind: library.kind, version, isObserved })
    else if (isObserved) loaded[known] = { name: found.name, kind: library.kind, version, isObserved }
  }

  watchRequire(files, counter, entry, onLoaded)
  let isBuiltObserved = false
  Reflect.set(globalThis, LOADED, (url: string, exports: unknown) =>
    orUndefined(() => {
      const path = fileURLToPath(url)
      // A module of the application that reports classes contains its framework.
      if (exports === undefined || libraryOfFile(path, files) !== undefined) onLoaded(path, exports)
      else isBuiltObserved = observeBundled(exports) || isBuiltObserved
    }),
  )
  const seesImports = watchImport(watched, files, buffer, entry, hooks)
  const hasBegun = (): boolean => entry === undefined || Atomics.load(counter, 1) > 0
  const bun = createBunModules(onLoaded)
  if (bun !== undefined) {
    whenServing((server) => {
      bun.scan()
      if (server !== undefined) observeExpressServer(server)
    })
  }
  return {
    entry,
    loaded,
    seesImports,
    activity: bun?.scan ?? (() => (hasBegun() ? Atomics.load(counter, 0) + 1 : 0)),
    isEvaluated: () => isEvaluated,
    isBuiltObserved: () => isBuiltObserved,
  }
}

type LoadFunction = (request: string, parent: unknown, isMain: boolean) => unknown
interface Loader {
  _load: LoadFunction
  _resolveFilename(request: string, parent: unknown): string
}

/** CommonJS, including its import from ES modules: both use `Module._load`, which many packages rely on. */
function watchRequire(
  files: LibraryFiles,
  counter: Int32Array,
  entry: string | undefined,
  onLoaded: (path: string, exports: unknown) => void,
): void {
  // Not in Node's documented types.
  const loader = Module as unknown as Loader
  const original = loader._load
  loader._load = function (this: unknown, request, parent, isMain) {
    noteLoad(counter, isMain || (entry !== undefined && request === entry))
    const exports = Reflect.apply(original, this, [request, parent, isMain])
    if (entry !== undefined && (isMain || request === entry)) orUndefined(() => onLoaded(entry, exports))
    orUndefined(() => {
      const isWatched = typeof request === 'string' && files.has(packageOfLoad(request, parent))
      if (isWatched) onLoaded(isAbsolute(request) ? request : loader._resolveFilename(request, parent), exports)
    })
    return exports
  }
}

/** The package of a module that is required by its name, by its path, or relative to another. */
function packageOfLoad(request: string, parent: unknown): string {
  if (isAbsolute(request)) return packageOfFile(request).name
  if (!request.startsWith('.')) return packageOfRequest(request)
  const file: unknown = typeof parent === 'object' && parent !== null ? Reflect.get(parent, 'filename') : undefined
  return typeof file === 'string' ? packageOfFile(file).name : ''
}

/** ES modules: hooks in this thread for versions of Node where they work, otherwise in their own thread. */
function watchImport(
  libraries: readonly Library[],
  files: LibraryFiles,
  buffer: SharedArrayBuffer,
  entry: string | undefined,
  hooks: URL,
): boolean {
  // Bun has no hooks, see `createBunModules`. With Deno's, a JSON file that is required is compiled as JavaScript, which fails.
  if (process.versions.bun !== undefined) return true
  if (process.versions.deno !== undefined) return false
  const counter = new Int32Array(buffer)
  const entryUrl = entry === undefined ? undefined : pathToFileURL(entry).href
  const builtUrl = builtNitro(entry) && entryUrl && new URL('.', entryUrl).href
  // Read as a property, because Node 20 lacks this export.
  const registerHooks: unknown = Reflect.get(Module, 'registerHooks')
  if (hasSoundHooks(process.versions.node) && isRegisterHooks(registerHooks)) {
    registerHooks({
      load(url, context, nextLoad) {
        noteLoad(counter, url === entryUrl)
        return withReport(nextLoad(url, context), url, { files, entryUrl, builtUrl })
      },
    })
    return true
  }
  if (orUndefined(() => needsHooksThread(libraries, entry)) === false) return true
  const data: HookData = { files, entryUrl, builtUrl, activity: buffer }
  // Node's permission model refuses the thread. The application then runs without observation of its ES modules.
  return (
    orUndefined(() => {
      register(hooks, { data })
      return true
    }) ?? false
  )
}

/**
 * Returns whether `module.registerHooks` works. On Node 22.15 to 22.22.2, 24.0 to 24.11.0 and 25.0, any `load` hook
 * breaks `require` of some packages (nodejs/node#59929): Express fails at start.
 */
export function hasSoundHooks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3)
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1)
  return major === 25 ? minor >= 1 : major > 25
}

/** The used parts of `module.registerHooks`. */
type RegisterHooks = (hooks: {
  load(
    url: string,
    context: LoadHookContext,
    nextLoad: (url: string, context: LoadHookContext) => LoadFnOutput,
  ): LoadFnOutput
}) => unknown

function isRegisterHooks(value: unknown): value is RegisterHooks {
  return typeof value === 'function'
}

/** The application's main file as Node resolves it: with its extension, and without symbolic links. */
function entryPath(): string | undefined {
  const given = process.argv[1]
  return given === undefined ? undefined : orUndefined(() => createRequire(import.meta.url).resolve(given))
}

function versionOf(root: string): string {
  const manifest: unknown = orUndefined(() => createRequire(import.meta.url)(`${root}/package.json`))
  const version: unknown =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined
  return typeof version === 'string' ? version : 'unknown'
}
