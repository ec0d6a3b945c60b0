import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FakeReading, fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage } from '../families/catalog-page.js'
import type { Family } from '../families/family.js'
import { negotiateFormat } from '../serving/negotiate.js'
import { createPageRenderer } from '../serving/page-renderer.js'
import { createPage, type Page } from './page.js'
import { PageBytes } from './page-bytes.js'

const many = (name: string, count = 3000): FakeReading =>
  fakeReading(
    name,
    { kind: 'histogram', help: 'h', buckets: [0.5, 1], labels: { model: 'model' } },
    Array.from({ length: count }, (_, i) => ({ values: [`modèle-${i}`], data: [i / 7, i, 1, 2] })),
  )
const few = () => fakeReading('few_total', { kind: 'counter', help: 'h' }, [{ data: [3] }])
const format = (accept: string) => ({ format: negotiateFormat(accept) })

/** Reads a stream slowly, and overwrites each piece after reading it. */
async function streamed(page: Page, options: Parameters<Page['render']>[0]) {
  const pieces: Buffer[] = []
  let inUse = 0
  await page.stream?.(async (piece) => {
    expect(++inUse).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    pieces.push(Buffer.from(piece))
    inUse--
  }, options)
  return { bytes: Buffer.concat(pieces), pieces: pieces.length }
}

describe.each(['text/plain', 'application/openmetrics-text', 'application/vnd.google.protobuf'])(
  'a stream in %s',
  (accept) => {
    it('has the bytes of the page, also of an unchanged page', async () => {
      const recorder = fakeRecorder(few(), many('a_seconds'), many('b_seconds', 600), many('c_seconds', 10))
      const whole = await createPage(catalogPage(recorder)).render(format(accept))
      const page = createPage(catalogPage(recorder))
      for (let i = 0; i < 4; i++) {
        const { bytes, pieces } = await streamed(page, format(accept))
        expect(bytes.equals(Buffer.concat(whole.pieces))).toBe(true)
        expect(pieces).toBeGreaterThan(3)
      }
    })
  },
)

it('a large family is cached from its second unchanged page on', async () => {
  const reading = many('a_seconds')
  const page = createPage(catalogPage(fakeRecorder(reading)))
  const reads = async (): Promise<number> => {
    const before = reading.reads
    await streamed(page, {})
    return reading.reads - before
  }
  const changed = await reads()
  reading.touch()
  expect(await reads()).toBe(changed)
  const still = await reads()
  expect(await reads()).toBeLessThan(still)
})

describe('a family that throws in the middle of a stream', () => {
  const bad = (at: number): Family => ({
    ...{ name: 'bad', type: 'gauge', help: 'h', unit: '', bounds: [], createdUnixMs: () => 0 },
    points: () =>
      Array.from({ length: 9000 }, (_, i) => ({ data: [i], at: 0, exponential: undefined, exemplars: undefined })),
    labelText(point) {
      if (point.data[0] === at) throw new RangeError('no')
      return `series="${point.data[0]}"`
    },
    version: () => 1,
    size: () => 9000,
  })
  const pageOf = (at: number) => createPage([catalogPage(fakeRecorder(few())), { families: () => [bad(at)] }])
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)

  it('makes the page fail', async () => {
    await expect(streamed(pageOf(7), {})).rejects.toThrow(RangeError)
  })

  it('is left out with onError', async () => {
    const { bytes } = await streamed(pageOf(7), { onError })
    expect(bytes.toString()).toBe('# HELP few_total h\n# TYPE few_total counter\nfew_total 3\n')
    expect(errors).toEqual([new RangeError('no')])
  })

  it('makes the page fail when its beginning was passed on, because it would look complete', async () => {
    await expect(streamed(pageOf(8990), { onError })).rejects.toThrow(RangeError)
  })
})

it('expired series are removed in slices, before the page reads the others', async () => {
  const reading = fakeReading('g', { kind: 'gauge', help: 'h', expireAfterMs: 1 }, [{ data: [1] }])
  const asked: number[] = []
  const expiring = {
    ...reading,
    expireBefore(end: number, count: number) {
      asked.push(end)
      return end === Number.POSITIVE_INFINITY ? 3 * count : end - count
    },
  }
  let turns = 0
  const later = (run: () => void): void => {
    turns++
    setImmediate(run)
  }
  await createPage(catalogPage(fakeRecorder(expiring)), { pace: { budgetMs: 0, later } }).render()
  expect(asked).toEqual([Number.POSITIVE_INFINITY, 192, 128, 64])
  expect(turns).toBeGreaterThanOrEqual(4)
})

it('a failing reader makes the stream fail', async () => {
  const page = createPage(catalogPage(fakeRecorder(many('a_seconds'))))
  await expect(page.stream?.(() => Promise.reject(new Error('full')))).rejects.toThrow('full')
})

it('a compressed page has the bytes of the page', async () => {
  const recorder = fakeRecorder(few(), many('a_seconds'))
  const whole = await createPage(catalogPage(recorder)).render()
  const renderer = createPageRenderer(createPage(catalogPage(recorder)), undefined)
  const request = { ...format('text/plain'), names: [], timeoutMs: 10_000 } as const
  const [gzip, identity] = await Promise.all([
    renderer.render({ ...request, coding: 'gzip' }),
    renderer.render({ ...request, coding: 'identity' }),
  ])
  expect(gunzipSync(Buffer.concat(gzip.pieces)).toString()).toBe(whole.text())
  expect(Buffer.concat(identity.pieces).toString()).toBe(whole.text())
})

describe('the buffer of a page', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(0, -0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -1),
  )

  it('returns the written bytes, for any content and length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(number, fc.string({ unit: 'binary' }), fc.string({ minLength: 1000, maxLength: 30_000 }))),
        (parts) => {
          const bytes = new PageBytes()
          for (const part of parts) {
            if (typeof part === 'string') bytes.text(part)
            else bytes.number(part)
            const start = bytes.length
            bytes.raw(new Uint8Array([0x2c, 0x20]))
            bytes.again(start, 2)
          }
          const expected = parts
            .map((part) => `${typeof part === 'string' ? Buffer.from(part).toString() : textOf(part)}, , `)
            .join('')
          expect(Buffer.from(bytes.take()).toString()).toBe(expected)
          expect(bytes.length).toBe(0)
        },
      ),
      { numRuns: 50 },
    )
  })
})

function textOf(value: number): string {
  return String(value).replace('Infinity', 'Inf').replace(/^Inf/, '+Inf')
}
