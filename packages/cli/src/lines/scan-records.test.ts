import { formatMetricJson, formatMetricLine } from '@quipu/activity-log'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ActivityRecord, readActivityLine } from './activity-record.js'
import { toBlocks } from './read-blocks.js'
import { splitLines } from './read-lines.js'
import { createSpans, scanLine } from './scan-line.js'
import { createRecordScanner } from './scan-records.js'

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,66}$/)
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii' }),
  fc.stringMatching(/^["\\= a]{0,6}$/),
  fc.integer().map(String),
  fc.constantFrom('', 'a'.repeat(1024), 'a'.repeat(1025), '[METRIC] [x] y'),
)
const plainField = fc.oneof(
  value,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 1e15),
)
const unixMs = fc.oneof(
  fc.constantFrom(undefined, Number.NaN, 0, 951_782_400_000, -62_198_755_200_000, 253_402_300_800_000, 8.64e15),
  fc.integer({ min: 0, max: 4e12 }),
)
const record = fc.record({
  event: name,
  unixMs,
  user: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(null, 'unknown', 'u'.repeat(257))),
  fields: fc.dictionary(name, plainField, { maxKeys: 70 }),
})
/** Lines of the writers, with the prefix of a logger, and damaged in one place. */
const line = fc.oneof(
  record.map(formatMetricLine),
  record.map(formatMetricJson),
  fc
    .tuple(fc.constantFrom('2026-01-28 09:30:00 INFO ', 'é [METRIC] ', '{', '[METRIC] [a] b '), record)
    .map(([before, of]) => before + formatMetricLine(of)),
  fc
    .tuple(
      fc.tuple(fc.constantFrom(formatMetricLine, formatMetricJson), record).map(([format, of]) => format(of)),
      fc.nat(),
      fc.constantFrom('', ' ', '"', '=', '\\', '[', ']', '\r', '\t', 'é', '\u200b', 'x', '0', '-', ',', '}', '3', 'e'),
    )
    .map(([text, at, inserted]) => {
      const cut = at % (text.length + 1)
      return text.slice(0, cut) + inserted + text.slice(cut + (at % 2))
    }),
  fc.string({ unit: 'binary' }),
)
const oneLine = line.map((text) => text.replaceAll('\n', ''))

const content = ({ event, user, fields, unixMs }: ActivityRecord) => ({ event, user, fields: { ...fields }, unixMs })

test('reading bytes gives the same records and torn lines as the exact parser', () => {
  const scan = createRecordScanner()
  fc.assert(
    fc.property(fc.array(oneLine), (lines) => {
      // Lone surrogates have no encoding.
      const texts = lines.map((text) => Buffer.from(text).toString())
      const expected = texts.map(readActivityLine)
      const found: ActivityRecord[] = []
      const torn = scan(Buffer.from(texts.map((text) => `${text}\n`).join('')), (record) => found.push(record))
      expect(found.map(content)).toEqual(expected.flatMap((record) => (record ? [content(record)] : [])))
      expect(torn).toBe(expected.filter((record) => record === null).length)
    }),
    { numRuns: 400 },
  )
})

test('only the wanted fields of plain lines are in a record', () => {
  const found: ActivityRecord[] = []
  const line = '[METRIC] [ana] llm_call model=o3 models=2 total_tokens=5 note="a b"\n'
  createRecordScanner(new Set(['model', 'note', 'absent']))(Buffer.from(line), (record) => found.push(record))
  expect(found.map(content)).toEqual([{ event: 'llm_call', user: 'ana', fields: { model: 'o3', note: 'a b' } }])
})

test('plain lines of every length are read in bytes', () => {
  const spans = createSpans()
  for (const text of [
    '[METRIC] [ana@example.com] llm_call model=gpt-4 message_count=5',
    '[METRIC] [a] b c="d e" f="" g="="',
    `[METRIC] [${'u'.repeat(256)}] ${'e'.repeat(64)} a=${'v'.repeat(1024)}`,
  ]) {
    expect(scanLine(Buffer.from(text), 10, text.length, spans)).toBeGreaterThan(0)
  }
})

test('any split of the bytes gives the same lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.array(fc.integer({ min: 1, max: 9 })), async (text, lengths) => {
      const bytes = Buffer.from(text)
      async function* divided() {
        // One buffer for all pieces, as when reading a file.
        const memory = Buffer.alloc(9)
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const piece = bytes.subarray(at, at + (lengths[i % Math.max(1, lengths.length)] ?? 7))
          piece.copy(memory)
          yield memory.subarray(0, piece.length)
          at += piece.length
        }
      }
      const lines: string[] = []
      for await (const batch of splitLines(divided())) lines.push(...batch)
      const whole = bytes.toString().split('\n')
      if (whole.at(-1) === '') whole.pop()
      expect(lines).toEqual(whole)
    }),
  )
})

test('a line without an end is skipped up to its newline, and not kept', async () => {
  async function* source() {
    for (let i = 0; i < 20; i++) yield Buffer.alloc(100_000, 'x')
    yield Buffer.from('tail\nnext\n')
  }
  const blocks: string[] = []
  for await (const block of toBlocks(source())) blocks.push(block.toString())
  expect(blocks).toEqual(['next\n'])
})
