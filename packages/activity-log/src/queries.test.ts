import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, createApp } from '../fixtures/run-app.js'
import { formatMetricLine } from './format.js'
import { parseMetricLine } from './parse.js'

let app: App

// A real process with the default sink. Its standard output is the log that the document searches.
beforeAll(async () => {
  app = await createApp(`
    import { createRecorder } from '@quipu/core'
    import { createActivityWriter, fileSink, stdoutSink } from 'src/index.ts'
    const recorder = createRecorder()
    const write = createActivityWriter({ sink: process.argv[2] === 'file' ? fileSink('file.log') : stdoutSink(), recorder })
    recorder.onActivity(write)
    const user = 'user@example.com'
    recorder.logMetric('llm_call', user, { model: 'gpt-4', message_count: 5 })
    recorder.logMetric('tool_call', user, { tool_name: 'calculator' })
    recorder.logMetric('file_upload', user, { file_size: 1024, content_type: 'application/pdf' })
    recorder.logMetric('error', user, { error_type: 'rate_limit' })
    recorder.logMetric('llm_call', user, { model: 'gpt-4', message_count: 5, tool_count: 2 })
    recorder.logMetric('tool_error', user, { tool_name: 'file_reader' })
    recorder.logMetric('file_stored', user, { file_size: 2048, content_type: 'image/png', category: 'uploads' })
    recorder.logMetric('tool_call', user, { tool_name: 'search' })
    recorder.logMetric('tool_call', 'bob smith', { tool_name: 'error_report' })
    recorder.logMetric('tool_call', 'user@exampleXcom', { tool_name: 'search' })
    recorder.logMetric('llm_call', 'error@example.com', { model: 'claude-3', message_count: 1 })
    recorder.logMetric('error', null, { error_type: 'timeout' })
    recorder.logMetric('error', 'evil]\\n[METRIC] [user@example.com] llm_call [x', { error_type: 'timeout' })
    await write.close()
  `)
  const env = { FEATURE_METRICS_LOGGING_ENABLED: 'true' }
  const { stderr } = await app.run([], { pipeline: 'app stdout > application.log && app file', env })
  expect(stderr).toBe('')
}, 60_000)

afterAll(() => app.remove())

/** The lines that a shell prints for a command. */
function shell(command: string): string[] {
  const output = execFileSync('/bin/sh', ['-c', command], { cwd: app.folder, encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}

const literals = [
  '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5',
  '[METRIC] [user@example.com] tool_call tool_name=calculator',
  '[METRIC] [user@example.com] file_upload file_size=1024 content_type=application/pdf',
  '[METRIC] [user@example.com] error error_type=rate_limit',
  '[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5 tool_count=2',
  '[METRIC] [user@example.com] tool_error tool_name=file_reader',
  '[METRIC] [user@example.com] file_stored file_size=2048 content_type=image/png category=uploads',
]
const others = [
  '[METRIC] [user@example.com] tool_call tool_name=search',
  '[METRIC] [bob_smith] tool_call tool_name=error_report',
  '[METRIC] [user@exampleXcom] tool_call tool_name=search',
  '[METRIC] [error@example.com] llm_call model=claude-3 message_count=1',
  '[METRIC] [unknown] error error_type=timeout',
  '[METRIC] [evil__METRIC___user@example.com__llm_call__x] error error_type=timeout',
]
const all = [...literals, ...others]

it('the log has the documented lines', () => {
  expect(readFileSync(join(app.folder, 'application.log'), 'utf8')).toBe(`${all.join('\n')}\n`)
})

it('the file sink writes the same', () => {
  expect(readFileSync(join(app.folder, 'file.log'), 'utf8')).toBe(`${all.join('\n')}\n`)
})

describe('the documented queries', () => {
  it('all metrics', () => {
    expect(shell(String.raw`grep "\[METRIC\]" application.log`)).toEqual(all)
  })

  it('the metrics of a user; the dot is a wildcard, so the query also finds user@exampleXcom', () => {
    const found = shell(String.raw`grep "\[METRIC\] \[user@example.com\]" application.log`)
    const expected = all.filter((line) => /^\[METRIC\] \[user@example.com\]/.test(line))
    expect(found).toEqual(expected)
    expect(found.filter((line) => line.includes('[user@example.com]'))).toHaveLength(8)
  })

  it('all model calls; the unanchored pattern also finds a user with such a name', () => {
    const found = shell(String.raw`grep "\[METRIC\].*llm_call" application.log`)
    expect(found).toEqual([literals[0], literals[4], others[3], others[5]])
  })

  it('all errors; the query also finds tool errors and other lines with the word', () => {
    const found = shell(String.raw`grep "\[METRIC\].*error" application.log`)
    expect(found).toEqual([literals[3], literals[5], others[1], others[3], others[4], others[5]])
  })

  it('tool calls per user', () => {
    const counted = shell(String.raw`grep "\[METRIC\].*tool_call" application.log | cut -d' ' -f2 | sort | uniq -c`)
    expect(counted.map((line) => line.trim()).sort()).toEqual([
      '1 [bob_smith]',
      '1 [user@exampleXcom]',
      '2 [user@example.com]',
    ])
  })
})

describe('the exact queries, anchored at the start of the line', () => {
  it('one event', () => {
    const found = shell(String.raw`grep '^\[METRIC\] \[[^]]*\] error\( \|$\)' application.log`)
    expect(found).toEqual(all.filter((line) => parseMetricLine(line)?.event === 'error'))
    expect(found).toHaveLength(3)
  })

  it('one user', () => {
    const found = shell(String.raw`grep '^\[METRIC\] \[user@example\.com\] ' application.log`)
    expect(found).toEqual(all.filter((line) => parseMetricLine(line)?.user === 'user@example.com'))
    expect(found).toHaveLength(8)
    expect(shell(`grep -F '[METRIC] [user@example.com] ' application.log`)).toEqual(found)
  })

  it('one event per user', () => {
    const command = String.raw`grep '^\[METRIC\] \[[^]]*\] llm_call\( \|$\)' application.log | cut -d' ' -f2 | sort | uniq -c`
    expect(shell(command).map((line) => line.trim())).toEqual(['1 [error@example.com]', '2 [user@example.com]'])
  })

  it('stay exact when a value contains a forged line', () => {
    const forged = '[METRIC] [user@example.com] error error_type=none'
    const line = formatMetricLine({ event: 'note', user: 'eve', fields: { text: forged } })
    writeFileSync(join(app.folder, 'forged.log'), `${line}\n${literals[0]}\n`)
    const count = (pattern: string) => shell(`grep -c '${pattern}' forged.log || true`)
    expect(count(String.raw`^\[METRIC\] \[user@example\.com\] `)).toEqual(['1'])
    expect(count(String.raw`^\[METRIC\] \[[^]]*\] error\( \|$\)`)).toEqual(['0'])
  })
})

it('with the flag unset the process writes no line and opens no file', async () => {
  const { stdout } = await app.run([], {
    pipeline: 'rm -f file.log; app stdout; app file; ls file.log 2>/dev/null || true',
  })
  expect(stdout).toBe('')
})
