import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadEnvFile } from 'node:process'
import { formatMetricLine, parseMetricLine } from '@quipu/activity-log'
import { builtinCatalog } from '@quipu/catalog'
import { ACTIVITY_LOG_FLAG, createRecorder, describeError } from '@quipu/core'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import type { Checks } from './promises.js'
import { withEnvironment, withFolder } from './test-environment.js'

const user = 'user@example.com'

/** The lines that a recorder writes for a function, with a value of the flag. */
async function linesUnder(flag: string | undefined): Promise<readonly string[]> {
  return withEnvironment({ [ACTIVITY_LOG_FLAG]: flag }, () => {
    const recorder = createRecorder()
    const lines: string[] = []
    recorder.onActivity((event) => lines.push(formatMetricLine(event)))
    recorder.logMetric('tool_call', user, { tool_name: 'calculator' })
    recorder.withToolCall('file_reader', () => undefined, { user })
    return lines
  })
}

/** The line that one helper writes for the user. */
function linesOf(say: (recorder: ReturnType<typeof createTestRecorder>) => unknown): readonly string[] {
  const recorder = createTestRecorder()
  recorder.withUser(user, () => say(recorder))
  return recorder.lines
}

/** The fields of the one line that a helper writes. */
function fieldsOf(say: (recorder: ReturnType<typeof createTestRecorder>) => unknown): Readonly<Record<string, string>> {
  const [line = '', ...more] = linesOf(say)
  expect(more).toEqual([])
  return parseMetricLine(line)?.fields ?? {}
}

const calculator = 'tool_call tool_name=calculator'
const on = [`[METRIC] [${user}] ${calculator}`, `[METRIC] [${user}] tool_call tool_name=file_reader`]

/** A1–A7: the switch. */
export const atlasSwitch: Checks = {
  A1() {
    const recorder = createTestRecorder()
    const events: string[] = []
    recorder.onActivity(({ event }) => events.push(event))
    recorder.logMetric('llm_call', user, { model: 'gpt-4' })
    recorder.withLlmCall({ model: 'gpt-4' }, () => 'answer')
    recorder.withToolCall('calculator', () => 4)
    expect(() => recorder.withToolCall('calculator', fail)).toThrow('no')
    recorder.trackFileUpload({ sizeBytes: 1 })
    recorder.trackFileStored({ sizeBytes: 1 })
    recorder.trackError('timeout')
    expect(events).toEqual(['llm_call', 'llm_call', 'tool_call', 'tool_error', 'file_upload', 'file_stored', 'error'])
  },
  async A2() {
    expect(await linesUnder('true')).toEqual(on)
    expect(await linesUnder('false')).toEqual([])
  },
  A3() {
    const recorder = createRecorder({ activityLog: true })
    const lines: string[] = []
    recorder.onActivity((event) => lines.push(formatMetricLine(event)))
    const fields: object = { tool_name: 'calculator', arguments: '2+2', result: 4, prompt: 'add' }
    recorder.logMetric('tool_call', user, fields)
    expect(lines).toEqual([on[0]])
    const fieldNames = Object.values(builtinCatalog.events).flatMap(({ fields }) => Object.keys(fields))
    expect(new Set(fieldNames)).toEqual(
      new Set([
        'model',
        'message_count',
        'tool_count',
        'tool_name',
        'file_size',
        'content_type',
        'file_count',
        'category',
        'error_type',
      ]),
    )
  },
  async A4() {
    await withFolder((folder) =>
      withEnvironment({ FEATURE_METRICS_LOGGING_ENABLED: undefined }, () => {
        writeFileSync(join(folder, '.env'), 'FEATURE_METRICS_LOGGING_ENABLED=true\n')
        expect(createRecorder().activityLogOn).toBe(false)
        loadEnvFile(join(folder, '.env'))
        expect(createRecorder().activityLogOn).toBe(true)
      }),
    )
  },
  async A5() {
    for (const flag of ['true', 'TRUE', 'True', '1', 'yes', 'on', 't', 'y']) expect(await linesUnder(flag)).toEqual(on)
  },
  async A6() {
    for (const flag of ['false', 'FALSE', '0', 'no', 'off', 'f', 'n', '', 'enabled']) {
      expect(await linesUnder(flag)).toEqual([])
    }
  },
  async A7() {
    expect(await linesUnder(undefined)).toEqual([])
  },
  A8() {
    const lines = linesOf((recorder) => {
      recorder.logMetric('llm_call', user, { model: 'gpt-4', message_count: 5, tool_count: 2 })
      recorder.logMetric('tool_call', user)
      recorder.logMetric('error', null, { error_type: 'timeout' })
    })
    for (const line of lines) expect(line).toMatch(/^\[METRIC\] \[[^\s[\]]+\] [a-z_]+(?: [a-z_]+=\S+)*$/)
    // The order of the call, and nothing after an event without fields.
    expect(lines).toEqual([
      `[METRIC] [${user}] llm_call model=gpt-4 message_count=5 tool_count=2`,
      `[METRIC] [${user}] tool_call`,
      '[METRIC] [unknown] error error_type=timeout',
    ])
  },
}

type Say = (recorder: ReturnType<typeof createTestRecorder>) => unknown

/** A9–A15: each literal, from logMetric and from the helper that observes it. */
const literals: readonly (readonly [number: string, line: string, byHand: Say, observed: Say])[] = [
  [
    'A9',
    '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5',
    (r) => r.logMetric('llm_call', user, { model: 'gpt-4', message_count: 5 }),
    (r) => r.withLlmCall({ model: 'gpt-4', messageCount: 5 }, () => 'answer'),
  ],
  [
    'A10',
    '[METRIC] [user@example.com] tool_call tool_name=calculator',
    (r) => r.logMetric('tool_call', user, { tool_name: 'calculator' }),
    (r) => r.withToolCall('calculator', () => 4),
  ],
  [
    'A11',
    '[METRIC] [user@example.com] file_upload file_size=1024 content_type=application/pdf',
    (r) => r.logMetric('file_upload', user, { file_size: 1024, content_type: 'application/pdf' }),
    (r) => r.trackFileUpload({ sizeBytes: 1024, contentType: 'application/pdf' }),
  ],
  [
    'A12',
    '[METRIC] [user@example.com] error error_type=rate_limit',
    (r) => r.logMetric('error', user, { error_type: 'rate_limit' }),
    (r) => r.trackError('rate_limit'),
  ],
  [
    'A13',
    '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5 tool_count=2',
    (r) => r.logMetric('llm_call', user, { model: 'gpt-4', message_count: 5, tool_count: 2 }),
    (r) => r.withLlmCall({ model: 'gpt-4', messageCount: 5 }, (call) => call.toolCalls(2)),
  ],
  [
    'A14',
    '[METRIC] [user@example.com] tool_error tool_name=file_reader',
    (r) => r.logMetric('tool_error', user, { tool_name: 'file_reader' }),
    (r) => expect(() => r.withToolCall('file_reader', fail)).toThrow('no'),
  ],
  [
    'A15',
    '[METRIC] [user@example.com] file_stored file_size=2048 content_type=image/png category=uploads',
    (r) => r.logMetric('file_stored', user, { file_size: 2048, content_type: 'image/png', category: 'uploads' }),
    (r) => r.trackFileStored({ sizeBytes: 2048, contentType: 'image/png', key: 'u/uploads/x.png' }),
  ],
]

export const atlasLiterals: Checks = Object.fromEntries(
  literals.map(([number, line, byHand, observed]) => [
    number,
    () => {
      expect(linesOf(byHand)).toEqual([line])
      expect(linesOf(observed)).toEqual([line])
    },
  ]),
)

/** A16–A32: the events. */
export const atlasEvents: Checks = {
  async A16() {
    const recorder = createTestRecorder()
    const answer = recorder.withLlmCall({ model: 'gpt-4' }, async () => 'answer')
    expect(recorder.lines).toEqual([])
    await answer
    recorder.startLlmCall({ model: 'gpt-4' }).end()
    await recorder.trackLlmCall('chat', async () => 'answer')()
    expect(recorder.lines.map((line) => parseMetricLine(line)?.event)).toEqual(['llm_call', 'llm_call', 'llm_call'])
    expect(() => recorder.withLlmCall({ model: 'gpt-4' }, fail)).toThrow('no')
    expect(recorder.lines.map((line) => parseMetricLine(line)?.event)).toEqual([...threeCalls, 'error'])
  },
  A17() {
    expect(fieldsOf((r) => r.withLlmCall({ model: 'claude-3' }, () => 'answer'))).toEqual({ model: 'claude-3' })
  },
  A18() {
    const { message_count } = fieldsOf((r) => r.startLlmCall({ model: 'gpt-4', messageCount: 12 }).end())
    expect(message_count).toBe('12')
  },
  A19() {
    const tools = (count?: number) =>
      fieldsOf((r) => {
        const call = r.startLlmCall({ model: 'gpt-4' })
        if (count !== undefined) call.toolCalls(count)
        call.end()
      })
    expect(tools(2)).toEqual({ model: 'gpt-4', tool_count: '2' })
    expect(tools(0)).toEqual({ model: 'gpt-4', tool_count: '0' })
    expect(tools()).toEqual({ model: 'gpt-4' })
  },
  async A20() {
    const recorder = createTestRecorder()
    const sum = recorder.withToolCall('calculator', async () => 4, { user })
    expect(recorder.lines).toEqual([])
    expect(await sum).toBe(4)
    expect(recorder.lines).toEqual([on[0]])
  },
  A21() {
    const run = (left: number, right: number) => left + right
    expect(fieldsOf((r) => r.withToolCall('calculator', () => run(2, 2)))).toEqual({ tool_name: 'calculator' })
    expect(Object.keys(builtinCatalog.events.tool_call.fields)).toEqual(['tool_name'])
  },
  async A22() {
    const recorder = createTestRecorder()
    const error = new Error('no such file')
    await expect(recorder.withToolCall('file_reader', () => Promise.reject(error), { user })).rejects.toBe(error)
    expect(recorder.lines.map((line) => parseMetricLine(line)?.event)).toEqual(['tool_error'])
  },
  A23() {
    const recorder = createTestRecorder()
    recorder.startToolCall('file_reader', { user }).fail(new Error('no such file'))
    expect(recorder.lines).toEqual([`[METRIC] [${user}] tool_error tool_name=file_reader`])
    expect(Object.keys(builtinCatalog.events.tool_error.fields)).toEqual(['tool_name'])
  },
  A24() {
    expect(linesOf((r) => r.trackFileUpload({ sizeBytes: 3, contentType: 'text/csv' }))).toEqual([
      `[METRIC] [${user}] file_upload file_size=3 content_type=text/csv`,
    ])
  },
  A25() {
    expect(fieldsOf((r) => r.trackFileUpload({ sizeBytes: 5_368_709_120 })).file_size).toBe('5368709120')
    expect(fieldsOf((r) => r.trackFileUpload({ sizeBytes: 0 })).file_size).toBe('0')
  },
  A26() {
    const typeOf = (contentType?: string | null) =>
      fieldsOf((r) => r.trackFileUpload({ sizeBytes: 1, contentType })).content_type
    expect(typeOf('application/pdf')).toBe('application/pdf')
    expect(typeOf('text/plain; charset=utf-8')).toBe('text/plain')
    expect(typeOf()).toBe('application/octet-stream')
  },
  A27() {
    expect(linesOf((r) => r.trackFileStored({ sizeBytes: 3, contentType: 'image/png' }))).toEqual([
      `[METRIC] [${user}] file_stored file_size=3 content_type=image/png category=other`,
    ])
  },
  A28() {
    expect(fieldsOf((r) => r.trackFileStored({ sizeBytes: 2048 })).file_size).toBe('2048')
  },
  A29() {
    const stored = fieldsOf((r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/svg+xml;charset=utf-8' }))
    expect(stored.content_type).toBe('image/svg+xml')
  },
  A30() {
    const categoryOf = (key: string) => fieldsOf((r) => r.trackFileStored({ sizeBytes: 1, key })).category
    expect(categoryOf('u42/uploads/report.pdf')).toBe('uploads')
    expect(categoryOf('uploads/report.pdf')).toBe('uploads')
    expect(categoryOf('u42/generated/chart.png')).toBe('generated')
    // `generated` is checked first, as in the system that the document describes.
    expect(categoryOf('u42/uploads/generated/chart.png')).toBe('generated')
    expect(categoryOf('u42/uploads.old/report.pdf')).toBe('other')
    expect(categoryOf('')).toBe('other')
    expect(fieldsOf((r) => r.trackFileStored({ sizeBytes: 1, category: 'generated' })).category).toBe('generated')
    expect(builtinCatalog.events.file_stored.fields.category).toEqual(['uploads', 'generated', 'other'])
  },
  A31() {
    const recorder = createTestRecorder()
    recorder.trackError('timeout', { user: 'a@example.com' })
    recorder.withUser('b@example.com', () => recorder.trackError('validation'))
    recorder.withUser('c@example.com', () => expect(() => recorder.withLlmCall({}, fail)).toThrow('no'))
    expect(recorder.lines.map((line) => parseMetricLine(line))).toMatchObject([
      { event: 'error', user: 'a@example.com' },
      { event: 'error', user: 'b@example.com' },
      { event: 'error', user: 'c@example.com' },
    ])
  },
  A32() {
    for (const type of ['rate_limit', 'timeout', 'authentication', 'validation']) {
      expect(fieldsOf((r) => r.trackError(type))).toEqual({ error_type: type })
    }
    const of = (status: number) => describeError(Object.assign(new Error('no'), { status })).type
    expect([429, 504, 401, 400].map(of)).toEqual(['rate_limit', 'timeout', 'authentication', 'bad_request'])
  },
}

const threeCalls = ['llm_call', 'llm_call', 'llm_call']

function fail(): never {
  throw new Error('no')
}
