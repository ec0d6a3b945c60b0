import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnyValueMap } from '@opentelemetry/api-logs'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { createRecorder } from '@quipu/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lineEnd, nastyStrings } from '../fixtures/nasty-strings.js'
import { fileSink } from './file-sink.js'
import { parseMetricJson } from './json.js'
import { MetricLogProcessor, type MetricLogProcessorOptions } from './metric-log-processor.js'
import { parseMetricLine } from './parse.js'

/** The value of a series of a recorder. */
function valueIn(recorder: ReturnType<typeof createRecorder>, metric: string, labels: readonly string[]): number {
  const reading = recorder.readings().find(({ name }) => name === metric)
  const cell = reading?.cells().find(({ values }) => values.join() === labels.join())
  return cell?.data[cell.at] ?? 0
}

function setUp(
  options: Partial<MetricLogProcessorOptions> = {},
  recorderOptions: Parameters<typeof createRecorder>[0] = {},
) {
  const recorder = createRecorder({ activityLog: true, ...recorderOptions })
  const lines: string[] = []
  const processor = new MetricLogProcessor({ sink: (line) => lines.push(line), recorder, ...options })
  const loggers = new LoggerProvider({ processors: [processor] })
  const logger = loggers.getLogger('app')
  const emit = (eventName: string | undefined, attributes: AnyValueMap = {}) =>
    logger.emit(eventName === undefined ? { attributes } : { eventName, attributes })
  return { recorder, lines, processor, loggers, logger, emit }
}

const user = { 'user.name': 'user@example.com' }

describe('an activity event among the log records', () => {
  it('becomes a line with the declared attributes, and no others', () => {
    const { emit, lines, recorder } = setUp()
    emit('tool_call', { ...user, tool_name: 'calculator', arguments: '{"secret":1}' })
    expect(lines).toEqual(['[METRIC] [user@example.com] tool_call tool_name=calculator'])
    expect(valueIn(recorder, 'quipu_dropped_total', ['tool_call', 'undeclared_field'])).toBe(1)
    expect(valueIn(recorder, 'quipu_activity_lines_total', ['written'])).toBe(1)
  })

  it('does not count the user as an undeclared attribute', () => {
    const { emit, recorder } = setUp()
    emit('tool_call', { ...user, tool_name: 'calculator' })
    expect(valueIn(recorder, 'quipu_dropped_total', ['tool_call', 'undeclared_field'])).toBe(0)
  })

  it('has [unknown] without a user; other attributes that could identify one are not read', () => {
    const { emit, lines } = setUp()
    emit('tool_call', { 'user.email': 'a@example.com', 'enduser.id': 'b', 'user.id': 'c', tool_name: 'calculator' })
    expect(lines).toEqual(['[METRIC] [unknown] tool_call tool_name=calculator'])
  })

  it('has the time of the record in the JSON form', () => {
    const { logger, lines } = setUp({ format: 'json' })
    const timestamp = new Date('2026-01-28T09:30:00.123Z')
    logger.emit({ eventName: 'error', timestamp, attributes: { ...user, error_type: 'timeout' } })
    expect(parseMetricJson(lines[0] ?? '')).toEqual({
      event: 'error',
      user: 'user@example.com',
      fields: { error_type: 'timeout' },
      unixMs: timestamp.getTime(),
    })
  })

  it('can leave out the user', () => {
    const { emit, lines } = setUp({ users: 'none' })
    emit('tool_call', { ...user, tool_name: 'calculator' })
    expect(lines).toEqual(['[METRIC] [unknown] tool_call tool_name=calculator'])
  })

  it('may be one that the application declared', () => {
    const catalog = { metrics: {}, events: { order_placed: { help: 'An order', fields: { items: 'count' } } } } as const
    const { emit, lines } = setUp({ recorder: createRecorder({ activityLog: true, catalog }) })
    emit('order_placed', { ...user, items: 3, address: 'secret' })
    expect(lines).toEqual(['[METRIC] [user@example.com] order_placed items=3'])
  })
})

describe('other log records are ignored', () => {
  it.each([
    undefined,
    '',
    'gen_ai.client.inference.operation.details',
    'something_else',
    'LLM_CALL',
    'llm_call ',
    'constructor',
  ])('one whose eventName is %j', (eventName) => {
    const { emit, lines } = setUp()
    emit(eventName, { ...user, model: 'gpt-4' })
    expect(lines).toEqual([])
  })

  it('the body and severity are never read', () => {
    const { logger, lines } = setUp()
    logger.emit({ eventName: 'tool_call', body: 'the prompt', severityText: 'secret', attributes: { tool_name: 'x' } })
    logger.emit({ body: '[METRIC] [victim@example.com] llm_call' })
    expect(lines).toEqual(['[METRIC] [unknown] tool_call tool_name=x'])
  })
})

describe('the switch', () => {
  afterEach(() => vi.unstubAllEnvs())

  const linesUnder = (value: string | undefined, options: Partial<MetricLogProcessorOptions> = {}) => {
    vi.stubEnv('FEATURE_METRICS_LOGGING_ENABLED', value)
    const { emit, lines } = setUp({ recorder: createRecorder(), ...options })
    emit('tool_call', { ...user, tool_name: 'calculator' })
    return lines.length
  }

  it.each(['true', 'TRUE', '1', 'yes', 'on', 'T', 'y'])('%j turns lines on', (value) => {
    expect(linesUnder(value)).toBe(1)
  })

  it.each([undefined, '', 'false', '0', 'no', 'off', 'enabled', '2'])('%j leaves them off', (value) => {
    expect(linesUnder(value)).toBe(0)
  })

  it('the option takes precedence over the environment', () => {
    expect(linesUnder(undefined, { enabled: true })).toBe(1)
    expect(linesUnder('true', { enabled: false })).toBe(0)
  })

  it('is off when the vocabulary is not enabled', () => {
    const { emit, lines } = setUp({}, { vocabularies: ['securetrack'] })
    emit('tool_call', { tool_name: 'calculator' })
    expect(lines).toEqual([])
  })

  it('is reported to loggers', () => {
    const on = setUp().processor
    expect([on.enabled({}), on.enabled({ eventName: 'tool_call' }), on.enabled({ eventName: 'a.b' })]).toEqual([
      true,
      true,
      false,
    ])
    expect(setUp({ enabled: false }).processor.enabled({})).toBe(false)
  })

  describe('with a file', () => {
    let folder: string
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'quipu-processor-'))
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    it('off opens no file; on appends, and shutdown waits for the write', async () => {
      const path = join(folder, 'activity.log')
      for (const enabled of [false, true]) {
        const { emit, loggers } = setUp({ sink: fileSink(path), enabled })
        emit('tool_call', { ...user, tool_name: 'calculator', arguments: 'secret' })
        await loggers.shutdown()
        expect(existsSync(path)).toBe(enabled)
      }
      expect(readFileSync(path, 'utf8')).toBe('[METRIC] [user@example.com] tool_call tool_name=calculator\n')
    })
  })
})

describe('logging never fails', () => {
  const broken = {
    write() {
      throw new Error('EPIPE')
    },
    flush: () => Promise.reject(new Error('flush')),
    close: () => Promise.reject(new Error('close')),
  }

  it('if the sink throws', async () => {
    const { emit, loggers, recorder } = setUp({ sink: broken })
    emit('tool_call', { tool_name: 'calculator' })
    await loggers.forceFlush()
    await loggers.shutdown()
    expect(valueIn(recorder, 'quipu_activity_lines_total', ['failed'])).toBe(1)
    expect(valueIn(recorder, 'quipu_dropped_total', ['activity', 'threw'])).toBe(1)
  })

  it('if the recorder is strict', () => {
    const { emit, lines } = setUp({}, { strict: true })
    expect(() => emit('tool_call', { tool_name: 'calculator', arguments: 'secret' })).not.toThrow()
    expect(lines.join()).not.toContain('secret')
  })

  it('if the record is hostile', () => {
    const { processor, lines } = setUp()
    const throwing = new Proxy({}, { get: fail, ownKeys: fail })
    function fail(): never {
      throw new Error('hostile')
    }
    const hostile: unknown[] = [
      undefined,
      null,
      {},
      throwing,
      { eventName: 'tool_call' },
      { eventName: 'tool_call', attributes: throwing },
    ]
    for (const record of hostile) {
      expect(() => processor.onEmit(record as Parameters<typeof processor.onEmit>[0])).not.toThrow()
    }
    expect(lines).toEqual([])
  })

  it('if the sink logs its own lines, which are not written again', () => {
    const lines: string[] = []
    const { emit } = setUp({
      sink: (line) => {
        lines.push(line)
        emit('tool_call', { tool_name: 'again' })
      },
    })
    emit('tool_call', { tool_name: 'once' })
    expect(lines).toHaveLength(1)
  })

  it('after shutdown: records are dropped and counted', async () => {
    const { processor, lines, recorder } = setUp()
    await processor.shutdown()
    processor.onEmit({ eventName: 'tool_call', attributes: {}, hrTime: [0, 0] })
    expect(lines).toEqual([])
    expect(valueIn(recorder, 'quipu_activity_lines_total', ['dropped'])).toBe(1)
  })
})

describe('no leaks and no forgeries', () => {
  const secrets = [
    'the prompt text',
    'sk-planted-key',
    'report of Jane Doe.pdf',
    '/home/jane/notes',
    'jane.doe@private.example',
  ]

  it('planted secrets in undeclared attributes never appear', () => {
    const { logger, lines } = setUp()
    for (const secret of secrets) {
      logger.emit({
        eventName: 'llm_call',
        body: secret,
        attributes: {
          model: 'gpt-4',
          prompt: secret,
          'gen_ai.input.messages': [secret],
          arguments: { nested: secret },
          [secret]: 1,
          message_count: 5,
        },
      })
    }
    expect(lines).toHaveLength(secrets.length)
    for (const line of lines) expect(line).toBe('[METRIC] [unknown] llm_call model=gpt-4 message_count=5')
  })

  it('free text in a declared attribute is not written, because no attribute accepts text', () => {
    const { emit, lines } = setUp()
    for (const secret of secrets.filter((text) => text.includes(' '))) {
      emit('llm_call', { model: { nested: secret }, message_count: 5 })
      emit('tool_call', { tool_name: secret })
      emit('error', { error_type: secret })
      emit('file_upload', { content_type: secret, file_size: secret })
    }
    for (const secret of secrets) expect(lines.join('\n')).not.toContain(secret)
  })

  it('one record is one line for any event, user, key and value', () => {
    const { emit, lines } = setUp()
    for (const nasty of nastyStrings) {
      emit('tool_call', { 'user.name': nasty, tool_name: nasty, [nasty]: nasty })
      emit(nasty, { 'user.name': nasty, tool_name: nasty })
    }
    const text = lines.map((line) => `${line}\n`).join('')
    // 'error' is one of the strings and also an event.
    expect(text.split(lineEnd)).toHaveLength(nastyStrings.length + 1 + 1)
    for (const line of lines) expect(parseMetricLine(line)).not.toBeNull()
  })
})
