import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostileInputs } from './hostile-inputs.js'
import type { Results } from './results.js'

const bench = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'quipu-bench-'))
let output = ''
let results: Results

beforeAll(() => {
  const build = spawnSync(process.execPath, ['../scripts/build.mjs'], { cwd: bench, encoding: 'utf8' })
  expect(build.status, build.stdout).toBe(0)
  const only = 'add-2-labels,hostile'
  const run = spawnSync(process.execPath, ['dist/main.js', '--quick', '--only', only, '--out', folder], {
    cwd: bench,
    encoding: 'utf8',
  })
  expect(run.status, run.stderr).toBe(0)
  output = run.stdout
  results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the printed table equals the written one', () => {
  expect(output).toBe(readFileSync(join(folder, 'results.md'), 'utf8'))
  expect(output).toMatch(/^\| add, 2 labels +\|/m)
})

test('nothing fails, and only the requested cases run', () => {
  expect(results.failures).toEqual([])
  expect(new Set(results.rows.map((row) => row.case))).toEqual(
    new Set(['add-2-labels', 'add-2-labels-bytes', 'hostile']),
  )
})

test('every library has a minimum and a median, and a ratio to ours', () => {
  const add = results.rows.find((row) => row.case === 'add-2-labels')
  for (const library of ['quipu', 'otel', 'prom-client', 'prometheus-io'] as const) {
    expect(add?.figures[library]?.min).toBeGreaterThan(0)
    expect(add?.figures[library]?.median).toBeGreaterThanOrEqual(add?.figures[library]?.min ?? Number.NaN)
  }
  expect(add?.ratios.otel?.median).toBeGreaterThan(0)
  expect(add?.target).toContain('25×')
})

test('there are at least 117 hostile calls, the same for each library, and Quipu never throws', () => {
  const figure = (field: string) => results.rows.find((row) => row.field === field)?.figures
  expect(hostileInputs.length * 3).toBeGreaterThanOrEqual(117)
  expect(figure('calls')?.quipu?.median).toBe(hostileInputs.length * 3)
  expect(figure('thrown')?.quipu?.max).toBe(0)
  expect(figure('thrown')?.otel?.max).toBeGreaterThan(0)
})

test('the page names the machine and the versions of the measurement', () => {
  expect(results.environment.versions['prom-client']).toBe('15.1.3')
  expect(results.environment.versions['@opentelemetry/sdk-metrics']).toBe('2.12.1')
  expect(results.environment.loadBefore).toHaveLength(3)
  expect(output).toContain(process.version)
})
