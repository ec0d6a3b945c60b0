/** A library that can be observed without changes to the application. */
export interface Library {
  /** Its name in node_modules and in the line at start. */
  readonly name: string
  /** It has no ES modules: Node loads it by `require`, also for an `import`. */
  readonly isCommonJs?: true
  /** Begins to observe it, given what it exports; says whether it knew its way about. */
  observe(exports: unknown): boolean
}

/** A library that the application has loaded. */
export interface LoadedLibrary {
  readonly name: string
  readonly version: string
  readonly isObserved: boolean
}

/** The usual path of a package's entry below its folder in node_modules: `index.js`, `index.mjs`, `dist/index.js`, … */
const entry = /^(?:(?:dist|lib|build)\/(?:esm\/|cjs\/)?)?(?:index|main)\.[cm]?js$/

/** Entries with other names. */
const entries: ReadonlyMap<string, string> = new Map([
  ['fastify', 'fastify.js'],
  ['h3', 'dist/_entries/node.mjs'],
  ['koa', 'lib/application.js'],
])

/** Returns which of some libraries has this file as its entry; undefined for other files. */
export function libraryOfFile(
  path: string,
  names: ReadonlySet<string>,
): { readonly name: string; readonly root: string } | undefined {
  const at = path.lastIndexOf('/node_modules/')
  if (at < 0) return undefined
  const inside = path.slice(at + '/node_modules/'.length)
  const [first = '', second = ''] = inside.split('/', 2)
  const name = first.startsWith('@') ? `${first}/${second}` : first
  const file = inside.slice(name.length + 1)
  if (!names.has(name) || (!entry.test(file) && entries.get(name) !== file)) return undefined
  return { name, root: path.slice(0, at + '/node_modules/'.length + name.length) }
}
