import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorCodes } from '@quipu/catalog/builtin'
import { nodeFileTrace } from '@vercel/nft'
import { build, type Format } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needingRequire, programs } from './bundled-programs.mjs'
import { installPacked } from './install.mjs'
import { packPackages } from './pack.mjs'

// Applications that are bundled into one file, or of which only traced files are deployed, run without Quipu's packages
// beside them.

const run = promisify(execFile)

/** What the error advises for ES modules. Bundled modules import `createRequire` themselves, so that name is not free. */
const adviceBanner = /--banner:js="([^"]*)"/.exec(errorCodes.QUIPU_MODULE_NOT_LOADED.remedy)?.[1] ?? ''
let app: { readonly folder: string; remove(): void }
let out: string

beforeAll(async () => {
  app = await installPacked({ packed: await packPackages(), dependencies: { '@opentelemetry/api': '1.9.1' } })
  out = mkdtempSync(join(tmpdir(), 'quipu-bundled-'))
}, 120_000)

afterAll(() => {
  app?.remove()
  rmSync(out, { recursive: true, force: true })
})

describe.each<Format>(['esm', 'cjs'])('bundled by esbuild into one file, %s', (format) => {
  test.each(Object.entries(programs))('%s', async (name, text) => {
    const file = join(app.folder, `${name}.mjs`)
    writeFileSync(file, text)
    const outfile = join(out, `${name}.${format === 'cjs' ? 'cjs' : 'mjs'}`)
    await build({
      entryPoints: [file],
      bundle: true,
      platform: 'node',
      format,
      outfile,
      logLevel: 'silent',
      ...(needingRequire.includes(name) && format === 'esm' && { banner: { js: adviceBanner } }),
    })
    const { stdout } = await run(process.execPath, [outfile], { cwd: out })
    expect(stdout.trim().split('\n').at(-1)).toBe('true')
  })
})

test('an ES module without a require reports how to bundle the packages that OTLP needs', async () => {
  const file = join(app.folder, 'no-require.mjs')
  writeFileSync(
    file,
    `import { start } from '@quipu/sdk'
    try { start({ otlp: { url: 'http://127.0.0.1:9' } }) } catch ({ code, got, fix }) { console.log(JSON.stringify([code, got, fix])) }`,
  )
  const outfile = join(out, 'no-require.mjs')
  await build({ entryPoints: [file], bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'silent' })
  const { stdout } = await run(process.execPath, [outfile], { cwd: out })
  expect(JSON.parse(stdout)).toEqual([
    'QUIPU_MODULE_NOT_LOADED',
    expect.stringContaining('is not supported'),
    expect.stringContaining(adviceBanner),
  ])
})

test('an application needs only the files that a tracer finds', async () => {
  for (const name of ['sdk', 'otlp'] as const) {
    const file = join(app.folder, `traced-${name}.mjs`)
    writeFileSync(file, programs[name])
    const { fileList } = await nodeFileTrace([file], { base: app.folder })
    const folder = mkdtempSync(join(out, 'traced-'))
    for (const traced of fileList) cpSync(join(app.folder, traced), join(folder, traced), { recursive: true })
    const { stdout } = await run(process.execPath, [join(folder, `traced-${name}.mjs`)], { cwd: folder })
    expect(stdout.trim().split('\n').at(-1)).toBe('true')
  }
}, 60_000)
