import { describe, expect, test } from 'vitest'
import { limits, packageSizes, quantile } from '../../scripts/sizes.mjs'

/** Tables of data may be long; any other file of this length contains a second idea. */
const mayBeLong: { readonly [file: string]: number } = {}

const packages = packageSizes()

test('every package has sources', () => {
  expect(packages.length).toBeGreaterThan(10)
})

describe.each(packages)('packages/$name', ({ name, files, lines }) => {
  test(`has at most ${limits.package} lines`, () => {
    expect(lines, `${name}: look for the joint at which it becomes two`).toBeLessThanOrEqual(limits.package)
  })

  test(`has no file of more than ${limits.file} lines that is not listed`, () => {
    expect(files.filter(({ path, lines }) => lines > (mayBeLong[path] ?? limits.file))).toEqual([])
  })
})

test('every listed file is long', () => {
  const sizes = new Map(packages.flatMap(({ files }) => files.map(({ path, lines }) => [path, lines] as const)))
  expect(Object.keys(mayBeLong).filter((path) => (sizes.get(path) ?? 0) <= limits.file)).toEqual([])
})

test('every adapter of a framework is below its limit', () => {
  const adapter = /^packages\/http\/src\/[a-z0-9]+\/(?:quipu-[a-z0-9]+|request-metrics)\.ts$/
  const adapters = packages.flatMap(({ files }) => files).filter(({ path }) => adapter.test(path))
  expect(adapters.length).toBeGreaterThan(10)
  expect(adapters.filter(({ lines }) => lines >= limits.adapter)).toEqual([])
})

test('most files are short', () => {
  const all = packages.flatMap(({ files }) => files)
  expect(quantile(all, 0.5)).toBeLessThanOrEqual(limits.medianFile)
  expect(quantile(all, 0.9)).toBeLessThanOrEqual(limits.p90File)
})
