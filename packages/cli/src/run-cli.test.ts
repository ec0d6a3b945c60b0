import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { builtinCatalog } from '@quipu/catalog'
import { grafanaBoards, metricsDoc, persesBoards, prometheusRules } from '@quipu/dashboards'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCaptured } from '../fixtures/run-captured.js'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'quipu-cli-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const run = (...args: readonly string[]) => runCaptured(args, { cwd })

/** A module of an application, with its own import of the catalogue package. */
function writeCatalog(file: string, metrics: string): void {
  const source = pathToFileURL(join(import.meta.dirname, '../../catalog/src/index.ts')).href
  writeFileSync(
    join(cwd, file),
    `import { defineMetrics } from ${JSON.stringify(source)}\nexport const shop = defineMetrics(${metrics})\n`,
  )
}

describe('help and wrong arguments', () => {
  test('every command has help with examples', async () => {
    for (const command of [
      'boards',
      'lint',
      'diff',
      'doctor',
      'tail',
      'query',
      'convert',
      'studio',
      'top',
      'mcp',
      'completion',
    ]) {
      const { code, out } = await run(command, '--help')
      expect(code).toBe(0)
      expect(out).toContain('Examples:\n  ')
    }
  })

  test.each([
    [['quer'], 'Did you mean query?'],
    [['query', '--usr', 'ana'], "unknown option '--usr'"],
    [['lint'], "missing required argument 'catalog'"],
    [['query', '--top', 'many'], 'It must be a whole number.'],
    [['query', '--where', 'model'], 'write field=value or field!=value'],
    [['query', '--since', 'yesterday'], 'yesterday is not a time'],
    [['lint', 'missing.js'], 'cannot load missing.js'],
  ])('%j exits with 2 and says why', async (args, why) => {
    const { code, said } = await run(...args)
    expect(said).toContain(why)
    expect(code).toBe(2)
  })

  test('a file that cannot be read exits with 1', async () => {
    const { code, said } = await run('query', 'missing.log')
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('missing.log') })
  })
})

describe('quipu boards', () => {
  test('writes the package’s output, and finds stale files', async () => {
    const { code, said } = await run('boards', '--out', 'observability')
    const files = {
      ...grafanaBoards(builtinCatalog),
      ...persesBoards(builtinCatalog),
      ...prometheusRules(builtinCatalog),
      'metrics.md': metricsDoc(builtinCatalog),
    }
    expect({ code, said }).toEqual({
      code: 0,
      said: `${Object.keys(files).length} files, ${Object.keys(files).length} written\n`,
    })
    for (const [file, text] of Object.entries(files)) {
      expect(readFileSync(join(cwd, 'observability', file), 'utf8')).toBe(text)
    }
    expect((await run('boards', '--out', 'observability', '--check')).code).toBe(0)
    writeFileSync(join(cwd, 'observability/metrics.md'), 'mine')
    expect(await run('boards', '--out', 'observability', '--check')).toMatchObject({
      code: 3,
      out: 'stale observability/metrics.md\n',
    })
    expect(readFileSync(join(cwd, 'observability/metrics.md'), 'utf8')).toBe('mine')
  })

  test('has a board of your own metrics', async () => {
    writeCatalog(
      'catalog.mjs',
      "{ shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web'] } } }",
    )
    expect((await run('boards', '--catalog', './catalog.mjs')).code).toBe(0)
    expect(readFileSync(join(cwd, 'observability/dashboards/own.json'), 'utf8')).toContain('shop_orders_total{job=~')
  })

  test('a module without a catalogue is reported', async () => {
    writeFileSync(join(cwd, 'empty.mjs'), 'export const nothing = 1\n')
    expect(await run('boards', '--catalog', 'empty.mjs')).toMatchObject({
      code: 2,
      said: expect.stringContaining('empty.mjs exports no catalogue'),
    })
  })
})

describe('quipu lint and diff', () => {
  test('lint exits with 3 and names its findings', async () => {
    writeCatalog('bad.mjs', "{ wait_ms: { kind: 'gauge', help: 'Waiting', merge: 'max' } }")
    const { code, out } = await run('lint', 'bad.mjs')
    expect(out).toContain('wait_ms  unit-abbreviation  ')
    expect(code).toBe(3)
    const { out: json } = await run('lint', 'bad.mjs', '--json')
    expect(JSON.parse(json)).toContainEqual(expect.objectContaining({ rule: 'unit-abbreviation', name: 'wait_ms' }))
  })

  test('diff exits with 3 for a breaking change, otherwise with 0', async () => {
    writeCatalog('old.mjs', "{ shop_orders_total: { kind: 'counter', help: 'Orders', labels: { channel: ['web'] } } }")
    writeCatalog(
      'new.mjs',
      "{ shop_orders_total: { kind: 'counter', help: 'Orders', labels: { channel: ['web', 'app'] } } }",
    )
    expect(await run('diff', 'old.mjs', 'new.mjs')).toMatchObject({ code: 0, said: '1 changes, 0 breaking\n' })
    const { code, out } = await run('diff', 'new.mjs', 'old.mjs')
    expect(out).toBe('breaking  metric shop_orders_total: label channel value app removed\n')
    expect(code).toBe(3)
  })
})
