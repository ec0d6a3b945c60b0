import { userInfo } from 'node:os'
import { builtinCatalog } from '@quipu/catalog'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import type { Checks } from './promises.js'
import { actWithSecrets, secrets } from './secrets.js'

/** Checks that none of these values left, and that permitted values did. */
async function expectKept(...kept: readonly (keyof typeof secrets)[]): Promise<void> {
  const { all } = await actWithSecrets()
  expect(all).toContain('llm_call model=gpt-4')
  expect(all).toContain('llm_requests_total{model="gpt-4",endpoint="chat"}')
  for (const name of kept) expect(all.includes(secrets[name]), `${name} left`).toBe(false)
}

/** A33–A42: values that are never logged, and values that are. */
export const atlasPrivacy: Checks = {
  A33: () => expectKept('prompt', 'completion'),
  A34: () => expectKept('toolArgument', 'toolResult'),
  A35: () => expectKept('fileName', 'folder'),
  async A36() {
    await expectKept('errorMessage')
    const { all } = await actWithSecrets()
    expect(all).not.toContain('    at ')
    expect(all).not.toContain('secrets.ts')
    expect(all).toContain('feature_errors_total{feature_name="threat_analysis",error_type="RefusedError"} 2')
  },
  A37: () => expectKept('userInput'),
  async A38() {
    await expectKept('phone', 'address')
    const { lines, all } = await actWithSecrets()
    expect(all).not.toContain('other@example.com')
    expect(all).not.toContain(userInfo().homedir)
    // The user name is on lines only.
    const elsewhere = all.split('\n').filter((line) => !lines.includes(line))
    expect(elsewhere.join('\n')).not.toContain('user@example.com')
    expect(lines.join('\n')).toContain('[user@example.com]')
  },
  A39() {
    const recorder = createTestRecorder()
    recorder.withLlmCall({ model: 'gpt-4', messageCount: 7 }, (call) => call.toolCalls(2))
    recorder.trackFileUpload({ sizeBytes: 10, contentType: 'text/csv', fileCount: 3 })
    expect(recorder.lines).toEqual([
      '[METRIC] [unknown] llm_call model=gpt-4 message_count=7 tool_count=2',
      '[METRIC] [unknown] file_upload file_size=10 content_type=text/csv file_count=3',
    ])
    const { llm_call, file_upload } = builtinCatalog.events
    expect([llm_call.fields.message_count, llm_call.fields.tool_count, file_upload.fields.file_count]).toEqual([
      'count',
      'count',
      'count',
    ])
  },
  A40() {
    const { file_upload, file_stored } = builtinCatalog.events
    expect([file_upload.fields.file_size, file_stored.fields.file_size]).toEqual(['bytes', 'bytes'])
    const recorder = createTestRecorder()
    recorder.trackFileUpload({ sizeBytes: 1_048_576 })
    recorder.trackFileStored({ sizeBytes: 1_048_577 })
    expect(recorder.lines.map((line) => /file_size=(\S+)/.exec(line)?.[1])).toEqual(['1048576', '1048577'])
  },
  A41() {
    const recorder = createTestRecorder()
    recorder.logMetric('llm_call', null, { model: 'us.anthropic.claude-3-sonnet-20240229-v1:0' })
    recorder.logMetric('file_upload', null, { content_type: 'application/vnd.ms-excel' })
    recorder.logMetric('error', null, { error_type: 'context_window_exceeded' })
    recorder.logMetric('tool_call', null, { tool_name: 'file_reader' })
    expect(recorder.lines).toEqual([
      '[METRIC] [unknown] llm_call model=us.anthropic.claude-3-sonnet-20240229-v1:0',
      '[METRIC] [unknown] file_upload content_type=application/vnd.ms-excel',
      '[METRIC] [unknown] error error_type=context_window_exceeded',
      '[METRIC] [unknown] tool_call tool_name=file_reader',
    ])
  },
  A42() {
    const recorder = createTestRecorder()
    for (const category of ['uploads', 'generated', 'other'] as const) {
      recorder.trackFileStored({ sizeBytes: 1, contentType: 'image/png', category })
    }
    expect(recorder.lines.map((line) => /category=(\S+)$/.exec(line)?.[1])).toEqual(['uploads', 'generated', 'other'])
  },
}
