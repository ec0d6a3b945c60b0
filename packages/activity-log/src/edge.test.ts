import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, createApp } from '../fixtures/run-app.js'

let app: App

beforeAll(async () => {
  app = await createApp(`
    import { createActivityWriter, fileSink, formatMetricLine, parseMetricLine, stdoutSink } from 'src/index.ts'
    export { createActivityWriter, fileSink, formatMetricLine, parseMetricLine, stdoutSink }
  `)
}, 60_000)

afterAll(() => app.remove())

it('the package imports no Node built-in', () => {
  const source = readFileSync(join(app.folder, 'app.mjs'), 'utf8')
  expect(source.match(/^import .*|\bimport\(.*|\brequire\(.*/gm) ?? []).toEqual([])
})

it('without a process lines are written and read, stdout is the console, and a file sink fails its lines', async () => {
  const script = `
    import { createContext, SourceTextModule } from 'node:vm'
    import { readFileSync } from 'node:fs'
    const printed = []
    const context = createContext({ console: { log: (line) => printed.push(line) }, TextEncoder, setTimeout, clearTimeout, crypto, performance })
    const module = new SourceTextModule(readFileSync('app.mjs', 'utf8'), { context })
    await module.link(() => { throw new Error('no imports') })
    await module.evaluate()
    const { createActivityWriter, fileSink, formatMetricLine, parseMetricLine, stdoutSink } = module.namespace
    const line = formatMetricLine({ event: 'error', user: null, fields: { error_type: 'timeout' } })
    const event = { event: 'e', user: null, fields: {}, unixMs: 0 }
    createActivityWriter({ sink: stdoutSink() })(event)
    console.log(JSON.stringify([line, parseMetricLine(line), printed, fileSink('activity.log').write('x', event)]))
  `
  const output = execFileSync(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', '--input-type=module', '-e', script],
    { cwd: app.folder, encoding: 'utf8' },
  )
  expect(JSON.parse(output)).toEqual([
    '[METRIC] [unknown] error error_type=timeout',
    { event: 'error', user: null, fields: { error_type: 'timeout' } },
    ['[METRIC] [unknown] e'],
    'failed',
  ])
})
