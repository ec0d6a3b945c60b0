import {
  createActivityWriter,
  formatMetricJson,
  formatMetricLine,
  parseMetricJson,
  parseMetricLine,
} from '@quipu/activity-log'
import { createRecorder } from '@quipu/core'
import { equal, ok } from './checks.mjs'

const texts = ['gpt-4', 'two words', 'say "hi"', 'back\\slash', 'a=b', 'ñandú 🦙', '[METRIC]', '漢字', '1e3', '\\"']
const raw = ['line\nbreak', '\u2028', '\ud800', '\u200bzero', 'a\0b', '\u202eright to left']

/** A record is written as one line, and parsing the line returns the record. */
export async function lineChecks({ check }) {
  await check('the documented line is written and read', () => {
    const line = '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5'
    const fields = { model: 'gpt-4', message_count: 5 }
    equal(formatMetricLine({ event: 'llm_call', user: 'user@example.com', fields }), line)
    const parsed = { event: 'llm_call', user: 'user@example.com', fields: { model: 'gpt-4', message_count: '5' } }
    equal(parseMetricLine(line), parsed)
  })
  await check('lines round trip', () => {
    for (const text of texts) {
      const parsed = parseMetricLine(formatMetricLine({ event: 'error', user: null, fields: { error_type: text } }))
      equal(parsed, { event: 'error', user: null, fields: { error_type: text } })
    }
  })
  await check('JSON lines round trip with their types and time', () => {
    for (const text of texts) {
      const record = {
        event: 'error',
        user: 'u',
        fields: { error_type: text, count: 5, ok: true },
        unixMs: 1_790_000_000_123,
      }
      equal(parseMetricJson(formatMetricJson(record)), record)
    }
  })
  await check('a record is one line that reads back, for any content', () => {
    for (const text of [...texts, ...raw]) {
      const line = formatMetricLine({ event: 'error', user: text, fields: { error_type: text } })
      ok(!/[\r\n\u2028\u2029]/.test(line), 'it is one line')
      equal(formatMetricLine(parseMetricLine(line)), line)
    }
  })
  await check('what is said to a recorder reaches its sink as a line', async () => {
    const recorder = createRecorder({ activityLog: true })
    const lines = []
    const writer = createActivityWriter({ sink: (line) => void lines.push(line), recorder })
    recorder.logMetric('early', 'early@example.com')
    recorder.logMetric('llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5, secret: 'not declared' })
    recorder.onActivity(writer)
    recorder.logMetric('error', null, { error_type: 'timeout' })
    await writer.flush()
    equal(lines, [
      '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5',
      '[METRIC] [unknown] error error_type=timeout',
    ])
  })
  await check('pseudonyms are the same on every runtime', async () => {
    const lines = []
    const key = 'a key of enough length'
    const writer = createActivityWriter({ sink: (line) => void lines.push(line), users: 'hmac', key })
    writer({ event: 'error', user: 'user@example.com', fields: {}, unixMs: 0 })
    await writer.close()
    equal(lines, ['[METRIC] [ca63b146c5a14d61] error'])
  })
}
