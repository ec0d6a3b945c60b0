import type { LabelClass } from '@quipu/catalog/builtin'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText, cleanValue, toLabelString } from './clean.js'

const clean = (labelClass: LabelClass, value: string) => cleanValue(value, labelClass, 128, (id) => `p-${id.length}`)

it.each<[LabelClass, string, string]>([
  ['name', 'export_report', 'export_report'],
  ['name', 'pipeline/step-2.retry:1+x', 'pipeline/step-2.retry:1+x'],
  ['name', 'two words', 'other'],
  ['name', 'línea', 'other'],
  ['name', 'a@b', 'other'],
  ['name', '', 'unknown'],
  ['name', 'x'.repeat(200), 'x'.repeat(128)],
  ['text', 'Aki - Ask me anything', 'Aki - Ask me anything'],
  ['text', 'línea\r\n2\u2028\u202e\u0000', 'línea2'],
  ['text', '\u0007\u200b', 'unknown'],
  ['text', `${'x'.repeat(127)}😀`, 'x'.repeat(127)],
  ['text', '\ud800half', 'half'],
  ['model', 'gpt-4', 'gpt-4'],
  ['model', 'anthropic.claude-3-sonnet-20240229-v1:0', 'anthropic.claude-3-sonnet-20240229-v1:0'],
  ['model', '(bedrock)us.anthropic.claude', '(bedrock)us.anthropic.claude'],
  ['model', 'claude-3-5-sonnet@20240620', 'claude-3-5-sonnet@20240620'],
  ['model', '@cf/meta/llama-3.1-8b-instruct', '@cf/meta/llama-3.1-8b-instruct'],
  ['model', 'Claude 3.5 Sonnet', 'Claude 3.5 Sonnet'],
  ['model', 'please tell me what is in the file', 'other'],
  ['model', 'jane.roe@example.com', 'other'],
  ['tool', 'read_file', 'read_file'],
  ['tool', 'a/b', 'other'],
  ['tool', 'rm -rf /', 'other'],
  ['route', '/users/:id', '/users/:id'],
  ['route', '/users/{id}/files/*', '/users/{id}/files/*'],
  ['route', '*', '*'],
  ['route', '*jane@example.com', 'unmatched'],
  ['route', '/1'.repeat(64), '/:id'.repeat(32)],
  ['route', '/users/42', '/users/:id'],
  ['route', '/users/550e8400-e29b-41d4-a716-446655440000', '/users/:id'],
  ['route', '/blobs/da39a3ee5e6b4b0d3255bfef95601890afd80709', '/blobs/:id'],
  ['route', '/users/jane%40example.com/files', '/users/:id/files'],
  ['route', '/search?q=secret#top', '/search'],
  ['route', '/v1/users', '/v1/users'],
  ['route', 'https://example.com/a', 'unmatched'],
  ['route', '/{"a":1}', 'unmatched'],
  ['route', '/a b', 'unmatched'],
  ['route', 'unmatched', 'unmatched'],
  ['method', 'get', 'GET'],
  ['method', 'BREW', 'OTHER'],
  ['status', '200', '200'],
  ['status', '599', '599'],
  ['status', '600', 'other'],
  ['status', '99', 'other'],
  ['errorType', 'RangeError', 'RangeError'],
  ['errorType', 'the prompt was', 'other'],
  ['errorType', 'x'.repeat(65), 'other'],
  ['mime', 'Text/Plain; charset=utf-8', 'text/plain'],
  ['mime', 'application/vnd.api+json', 'application/vnd.api+json'],
  ['mime', 'secret.pdf', 'other'],
  ['host', 'api.openai.com', 'api.openai.com'],
  ['host', '[::1]', '[::1]'],
  ['host', 'https://api.openai.com/v1', 'other'],
  ['id', 'jane', 'p-4'],
  ['id', '', 'unknown'],
  ['method', '', 'OTHER'],
  ['status', '', 'other'],
  ['route', '', 'unmatched'],
  ['mime', '', 'other'],
])('a %s of %o is %o', (labelClass, value, kept) => {
  expect(clean(labelClass, value)).toBe(kept)
})

describe.each<LabelClass>(['name', 'text', 'model', 'tool', 'route', 'method', 'status', 'errorType', 'mime', 'host'])(
  'any %s',
  (labelClass) => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.webUrl(), fc.emailAddress(), fc.lorem())
    it('stays the same when cleaned again, and is never empty, too long or more than one line', () => {
      fc.assert(
        fc.property(text, (value) => {
          const once = clean(labelClass, value)
          expect(clean(labelClass, once)).toBe(once)
          expect(once.length).toBeGreaterThan(0)
          expect(once.length).toBeLessThanOrEqual(128)
          expect(once).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
        }),
      )
    })
  },
)

it('text is cut between characters, and invisible characters are removed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (value, max) => {
      const text = cleanText(value, max)
      expect(text.length).toBeLessThanOrEqual(max)
      expect(Buffer.from(text).toString()).toBe(text)
      expect(cleanText(text, max)).toBe(text)
    }),
  )
})

it.each<[unknown, string | undefined]>([
  ['x', 'x'],
  [200, '200'],
  [200n, '200'],
  [true, 'true'],
  [-0, '0'],
  [Number.NaN, 'NaN'],
  [null, undefined],
  [undefined, undefined],
  [Symbol('x'), undefined],
  [{}, undefined],
  [() => 'x', undefined],
])('as a label, %o is %o', (value, text) => {
  expect(toLabelString(value)).toBe(text)
})
