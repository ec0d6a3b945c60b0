import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build, type Metafile } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installPacked } from './install.mjs'
import { packPackages, publicPackages, root } from './pack.mjs'

const run = promisify(execFile)

function installedVersion(name: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
  )
  return version
}
const manifests: readonly { readonly name: string; readonly exports: object }[] = publicPackages()
/** `@quipu/core`, `@quipu/catalog/builtin`, … */
const entries = manifests.flatMap(({ name, exports }) =>
  Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => `${name}${path.slice(1)}`),
)
const internalFiles = ['dist/index.js', 'src/index.ts', 'dist/store.js', 'index.js']
let app: { readonly folder: string; remove(): void }

/** Runs a program in the application, which has no sources of Quipu and only its own packages. */
async function runInApp(file: string, text: string): Promise<string> {
  writeFileSync(join(app.folder, file), text)
  // Switched off, so that importing `register` starts nothing.
  const env = { ...process.env, NODE_OPTIONS: '', OTEL_SDK_DISABLED: 'true' }
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: app.folder, env })
  expect(stderr).toBe('')
  return stdout
}

beforeAll(async () => {
  const packed = await packPackages()
  app = await installPacked({
    packed,
    dependencies: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/api-logs': '0.223.1',
      '@opentelemetry/sdk-logs': '0.223.1',
      '@opentelemetry/sdk-metrics': '2.12.1',
      // Its adapter imports it; other frameworks are passed to their adapters.
      hono: installedVersion('hono'),
    },
  })
}, 120_000)

afterAll(() => app?.remove())

/** Parses the JSON output of a program. */
async function askApp<T>(file: string, text: string): Promise<T> {
  return JSON.parse(await runInApp(file, text))
}

describe('packed and installed in a separate application', () => {
  type Names = Readonly<Record<string, readonly string[]>>
  let imported: Names
  let required: Names
  let internal: Readonly<Record<string, string>>

  // One process per syntax and not per entry, because starting a process costs more than its work here.
  beforeAll(async () => {
    const list = JSON.stringify(entries)
    imported = await askApp(
      'app.mjs',
      `const names = {}
      for (const entry of ${list}) names[entry] = Object.keys(await import(entry)).sort()
      console.log(JSON.stringify(names))`,
    )
    // The two names that Node adds when CommonJS requires an ES module.
    required = await askApp(
      'app.cjs',
      `const own = (key) => key !== '__esModule' && key !== 'module.exports'
      const names = ${list}.map((entry) => [entry, Object.keys(require(entry)).filter(own).sort()])
      console.log(JSON.stringify(Object.fromEntries(names)))`,
    )
    const files = manifests.flatMap(({ name }) => internalFiles.map((file) => `${name}/${file}`))
    internal = await askApp(
      'deep.mjs',
      `const codes = {}
      for (const path of ${JSON.stringify(files)}) codes[path] = await import(path).then(() => 'open', ({ code }) => code)
      console.log(JSON.stringify(codes))`,
    )
  })

  test.each(entries)('%s is imported by ES modules, required by CommonJS, and is the same', (entry) => {
    expect(required[entry]).toEqual(imported[entry])
    if (entry !== '@quipu/sdk/register') expect(imported[entry]).not.toEqual([])
  })

  test.each(manifests.map(({ name }) => name))('%s keeps its files to itself', (name) => {
    const codes = internalFiles.map((file) => internal[`${name}/${file}`])
    expect(codes).toEqual(internalFiles.map(() => 'ERR_PACKAGE_PATH_NOT_EXPORTED'))
  })

  test('an import and a require in one process share one recorder', async () => {
    const program = `
      const { createRequire } = await import('node:module')
      const require = createRequire(import.meta.url)
      const { defaultRecorder } = await import('@quipu/core')
      console.log(require('@quipu/core').defaultRecorder() === defaultRecorder())`
    expect(await runInApp('shared.mjs', program)).toBe('true\n')
  })

  test('this runtime passes the checks of all runtimes, with OpenTelemetry 2', async () => {
    cpSync(join(root, 'test', 'compat', 'program'), join(app.folder, 'program'), { recursive: true })
    const { stdout } = await run(process.execPath, ['program/run-process.mjs'], { cwd: app.folder })
    expect(stdout).toMatch(/^\d{2} checks passed\n$/)
  })
})

describe('bundled', () => {
  const bundle = async (text: string): Promise<{ readonly inputs: readonly string[]; readonly metafile: Metafile }> => {
    const { metafile } = await build({
      stdin: { contents: text, resolveDir: app.folder },
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      external: ['node:*'],
      metafile: true,
      write: false,
      logLevel: 'silent',
    })
    const [output] = Object.values(metafile.outputs)
    const inputs = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    )
    return { inputs, metafile }
  }
  /** The packages in a bundle. */
  const packagesOf = (inputs: readonly string[]): readonly string[] => {
    const names = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
    return [...new Set(names)].sort()
  }
  /** Built-in modules of Node that are imported statically. */
  const builtinsOf = ({ inputs }: Metafile): readonly string[] =>
    Object.values(inputs).flatMap((input) =>
      input.imports.filter(({ path }) => path.startsWith('node:')).map(({ path }) => path),
    )

  test('the writer of a line includes no other package', async () => {
    const { inputs, metafile } = await bundle("export { formatMetricLine } from '@quipu/activity-log'")
    expect(packagesOf(inputs)).toEqual(['@quipu/activity-log'])
    expect(builtinsOf(metafile)).toEqual([])
    expect(inputs.filter((path) => /recorder|store|sink/.test(path))).toEqual([])
  })

  test('a recorder includes no zod, no Node, no OpenTelemetry SDK', async () => {
    const { inputs, metafile } = await bundle("export { createRecorder } from '@quipu/core'")
    expect(packagesOf(inputs)).toEqual(['@quipu/catalog', '@quipu/core', '@quipu/store'])
    expect(builtinsOf(metafile)).toEqual([])
  })

  test('a page includes no zod, no Node, no OpenTelemetry SDK', async () => {
    const { inputs, metafile } = await bundle("export { renderPage, createHandler } from '@quipu/prometheus'")
    expect(packagesOf(inputs)).not.toContain('zod')
    expect(
      packagesOf(inputs).filter((name) => name.startsWith('@opentelemetry/') && name !== '@opentelemetry/api'),
    ).toEqual([])
    expect(builtinsOf(metafile)).toEqual([])
  })

  test("validating an application's own entries is what brings zod", async () => {
    const { inputs } = await bundle("export { defineMetrics } from '@quipu/catalog'")
    expect(packagesOf(inputs)).toContain('zod')
  })
})
