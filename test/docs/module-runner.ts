import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createServer, createServerModuleRunner, type Plugin } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Loads modules of the workspace from their sources, again each time. */
export interface Modules {
  /** Evaluates a module and its imports without sharing any with an earlier load, which ends. */
  load(file: string): Promise<{ readonly [name: string]: unknown }>
  close(): Promise<void>
}

/**
 * Creates the loader. Modules are transformed once and evaluated each time; `virtual` contains files that exist only
 * here, by their path from the top folder.
 */
export async function createModules(virtual: Readonly<Record<string, string>> = {}): Promise<Modules> {
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
    plugins: [virtualFiles(virtual)],
  })
  const environment = server.environments.ssr
  let last: ModuleRunner | undefined
  return {
    async load(file) {
      await last?.close()
      const runner = createServerModuleRunner(environment, { hmr: false, sourcemapInterceptor: false })
      last = runner
      const loaded: { readonly [name: string]: unknown } = await runner.import(`${root}${file}`)
      return loaded
    },
    async close() {
      await last?.close()
      await server.close()
    },
  }
}

function virtualFiles(files: Readonly<Record<string, string>>): Plugin {
  const textOf = (id: string): string | undefined => files[id.slice(root.length).split('?')[0] ?? '']
  return {
    name: 'quipu-virtual-files',
    enforce: 'pre',
    resolveId: (id) => (textOf(id) === undefined ? undefined : id),
    load: (id) => (id.endsWith('.cjs') ? asModule(id) : textOf(id)),
  }
}

/** Wraps a CommonJS module in one that the runner can evaluate, and that loads it with Node. */
function asModule(file: string): string {
  const names = Object.keys(Object(createRequire(file)(file)))
  const path = JSON.stringify(file)
  const lines = names.map((name) => `export const ${name} = loaded.${name}`)
  return [
    "import { createRequire } from 'node:module'",
    `const loaded = createRequire(${path})(${path})`,
    ...lines,
  ].join('\n')
}
