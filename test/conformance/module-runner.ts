import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createServer, createServerModuleRunner, type Plugin, type ViteDevServer } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A change of one file: the text that stands there once, and what stands there instead. */
export interface Patch {
  /** From the top folder: `packages/core/src/observe/sessions.ts`. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/** Loads modules of the workspace anew, from their sources, as often as one likes. */
export interface Modules {
  /** Evaluates a module and all it imports, none of it shared with an earlier load, which is over then. */
  load(file: string, patch?: Patch): Promise<{ readonly [name: string]: unknown }>
  close(): Promise<void>
}

/**
 * Makes the loader. What is loaded is transformed once and evaluated anew each time; `virtual` are files that exist only
 * here, by their path from the top folder.
 */
export async function createModules(virtual: Readonly<Record<string, string>> = {}): Promise<Modules> {
  let current: Patch | undefined
  const server = await createServer({
    root,
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    cacheDir: 'node_modules/.cache/quipu-test-modules',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    esbuild: { target: 'node20' },
    ssr: { resolve: { conditions: ['@quipu/source', 'node', 'import', 'default'] } },
    plugins: [virtualFiles(virtual), patched(() => current)],
  })
  const environment = server.environments.ssr
  let last: ModuleRunner | undefined
  return {
    async load(file, patch) {
      current = patch
      if (patch !== undefined) forget(server, patch.file)
      await last?.close()
      const runner = createServerModuleRunner(environment, { hmr: false, sourcemapInterceptor: false })
      last = runner
      try {
        const loaded: { readonly [name: string]: unknown } = await runner.import(`${root}${file}`)
        return loaded
      } finally {
        current = undefined
        if (patch !== undefined) forget(server, patch.file)
      }
    },
    async close() {
      await last?.close()
      await server.close()
    },
  }
}

function forget(server: ViteDevServer, file: string): void {
  const { moduleGraph } = server.environments.ssr
  for (const module of moduleGraph.getModulesByFile(`${root}${file}`) ?? []) moduleGraph.invalidateModule(module)
}

function virtualFiles(files: Readonly<Record<string, string>>): Plugin {
  const textOf = (id: string): string | undefined => files[id.slice(root.length).split('?')[0] ?? '']
  return {
    name: 'quipu-virtual-files',
    enforce: 'pre',
    resolveId: (id) => (textOf(id) === undefined ? undefined : id),
    load: (id) => textOf(id),
  }
}

function patched(current: () => Patch | undefined): Plugin {
  return {
    name: 'quipu-patch',
    enforce: 'pre',
    transform(code, id) {
      const patch = current()
      if (patch === undefined || id.split('?')[0] !== `${root}${patch.file}`) return undefined
      return applyPatch(code, patch)
    },
  }
}

/** The text with the change made; throws when what it changes is not there exactly once. */
export function applyPatch(text: string, { file, from, to }: Patch): string {
  const parts = text.split(from)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`)
  return parts.join(to)
}

/** A file of the workspace as it is. */
export function readSource(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8')
}
