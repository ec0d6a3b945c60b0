import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'
import { allSeries } from '../../../store/fixtures/all-series.js'
import type { Recorder } from '../index.js'

const once = { count: 1, sum: 0 }

describe('reports of files, errors and tools', () => {
  const fail = () => {
    throw Object.assign(new Error('prompt text'), { code: 'ETIMEDOUT' })
  }
  it.each<[string, (recorder: Recorder) => unknown, string[]]>([
    [
      'an upload',
      (r) => r.trackFileUpload({ sizeBytes: 1024, contentType: 'application/pdf' }),
      ['file_upload file_size=1024 content_type=application/pdf'],
    ],
    [
      'an upload without a type',
      (r) => r.trackFileUpload({ sizeBytes: 1024 }),
      ['file_upload file_size=1024 content_type=application/octet-stream'],
    ],
    [
      'an upload whose type is not known',
      (r) => r.trackFileUpload({ sizeBytes: 1024, contentType: null }),
      ['file_upload file_size=1024'],
    ],
    [
      'an upload of several',
      (r) => r.trackFileUpload({ sizeBytes: 9, contentType: 'text/plain; charset=utf-8', fileCount: 3 }),
      ['file_upload file_size=9 content_type=text/plain file_count=3'],
    ],
    [
      'a stored upload',
      (r) => r.trackFileStored({ sizeBytes: 2048, contentType: 'image/png', key: 'u/uploads/secret.png' }),
      ['file_stored file_size=2048 content_type=image/png category=uploads'],
    ],
    [
      'a stored product',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', key: 'u/uploads/generated/secret.png' }),
      ['file_stored file_size=1 content_type=image/png category=generated'],
    ],
    [
      'a key that begins with the folder',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', key: 'generated/secret.png' }),
      ['file_stored file_size=1 content_type=image/png category=generated'],
    ],
    [
      'a key that only sounds so',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', key: 'my-uploads/secret.png' }),
      ['file_stored file_size=1 content_type=image/png category=other'],
    ],
    [
      'no key',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png' }),
      ['file_stored file_size=1 content_type=image/png category=other'],
    ],
    [
      'a category',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', category: 'generated', key: 'u/uploads/x' }),
      ['file_stored file_size=1 content_type=image/png category=generated'],
    ],
    [
      'an unknown category',
      (r) => r.trackFileStored({ sizeBytes: 1, contentType: 'image/png', category: 'secret.png' as 'other' }),
      ['file_stored file_size=1 content_type=image/png category=other'],
    ],
    ['an error', (r) => r.trackError('rate_limit'), ['error error_type=rate_limit']],
    ['an error in words', (r) => r.trackError('could not read secret.png'), ['error error_type=other']],
    ['a tool', (r) => r.withToolCall('calculator', () => 4), ['tool_call tool_name=calculator']],
    [
      'a tool that fails',
      (r) => {
        try {
          r.withToolCall('calculator', fail)
        } catch {}
      },
      ['tool_error tool_name=calculator'],
    ],
    [
      'a tool that an imagination made up',
      (r) => r.withToolCall('rm -rf / # secret', () => 4),
      ['tool_call tool_name=other'],
    ],
  ])('%s', (_, say, lines) => {
    const recorder = createTestRecorder({ strict: false })
    recorder.withUser('user@example.com', () => say(recorder))
    expect(recorder.lines).toEqual(lines.map((line) => `[METRIC] [user@example.com] ${line}`))
  })

  it('each can name its user, or no user', () => {
    const recorder = createTestRecorder()
    recorder.withUser('outer', () => {
      recorder.trackError('timeout', { user: 'inner' })
      recorder.trackError('timeout', { user: null })
      recorder.trackFileUpload({ sizeBytes: 1, contentType: null, user: 'inner' })
      recorder.withToolCall('calculator', () => 4, { user: 'inner' })
      const call = recorder.startToolCall('calculator', { user: null })
      call.fail(new Error('x'))
      call.end()
    })
    expect(recorder.lines).toEqual([
      '[METRIC] [inner] error error_type=timeout',
      '[METRIC] [unknown] error error_type=timeout',
      '[METRIC] [inner] file_upload file_size=1',
      '[METRIC] [inner] tool_call tool_name=calculator',
      '[METRIC] [unknown] tool_error tool_name=calculator',
    ])
  })

  it('a failing tool is counted and timed, with the class of its error', () => {
    const recorder = createTestRecorder()
    expect(() =>
      recorder.withToolCall('calculator', () => {
        throw new RangeError('prompt text')
      }),
    ).toThrow(RangeError)
    expect(allSeries(recorder)).toEqual({
      'tool_usage{tool_name="calculator"}': 1,
      'gen_ai.execute_tool.duration{gen_ai.tool.name="calculator",error.type="RangeError"}': once,
    })
  })
})
