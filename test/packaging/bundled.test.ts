import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeFileTrace } from '@vercel/nft'
import { build, type Format } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installPacked } from './install.mjs'
import { packPackages } from './pack.mjs'

// Applications that are bundled into one file, or of which only traced files are deployed, run without our packages beside
// them.

const run = promisify(execFile)
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

/** Each prints `true` when it works. */
const programs = {
  sdk: `
    import { start, trackUserAction } from '@quipu/sdk'
    const main = async () => {
      const quipu = start({ prometheus: { port: 0 } })
      const { urls } = await quipu.ready
      trackUserAction('bundled')
      const pages = await Promise.all(Object.values(urls).map(async (url) => (await fetch(url)).text()))
      console.log(pages[0].includes('user_action_total{action_type="bundled"} 1') && pages[1].includes('process_'))
      await quipu.shutdown()
    }
    main()`,
  otlp: `
    import { createServer } from 'node:http'
    import { start } from '@quipu/sdk'
    const bodies = []
    const server = createServer((request, response) => request.on('data', (bytes) => bodies.push(bytes.length)).on('end', () => response.end()))
    server.listen(0, '127.0.0.1', async () => {
      const quipu = start({ otlp: { url: 'http://127.0.0.1:' + server.address().port } })
      const { delivered } = await quipu.shutdown()
      console.log(delivered > 0 && bodies.length > 0)
      server.close()
    })`,
  helpers: `import { trackUserAction } from '@quipu/sdk/user-metrics'; trackUserAction('x'); console.log(true)`,
  presets: `import { datadog } from '@quipu/sdk/presets'; console.log(typeof datadog === 'function')`,
  core: `
    import { createRecorder } from '@quipu/core'
    import { renderPage } from '@quipu/prometheus'
    renderPage(createRecorder()).then((page) => console.log(typeof page === 'string'))`,
  catalog: `import { defineMetrics } from '@quipu/catalog'; console.log('metrics' in defineMetrics({ a_total: { kind: 'counter', help: 'A' } }))`,
  activityLog: `import { formatMetricLine } from '@quipu/activity-log'; console.log(formatMetricLine({ event: 'error' }) !== '')`,
  http: `import { requestMetrics } from '@quipu/http/express'; console.log(typeof requestMetrics() === 'function')`,
  llm: `import { observeModelCalls } from '@quipu/llm'; import { instrument } from '@quipu/llm/openai'; observeModelCalls()(); console.log(typeof instrument === 'function')`,
}

/** An ES module has no `require` of its own; CommonJS packages in a bundle need one for Node's modules. */
const banner = "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);"

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
      ...(name === 'otlp' && format === 'esm' && { banner: { js: banner } }),
    })
    const { stdout } = await run(process.execPath, [outfile], { cwd: out })
    expect(stdout.trim().split('\n').at(-1)).toBe('true')
  })
})

test('an ES module without a require says how to bundle what OTLP needs', async () => {
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
    expect.stringContaining('createRequire(import.meta.url)'),
  ])
})

test('the files that a tracer sees are all that an application needs', async () => {
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
