import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createActivityWriter, fileSink } from '@quipu/activity-log'
import { createRecorder, type RecorderHelpers } from '@quipu/core'
import { withFolder } from './test-environment.js'

type Query = (...pattern: readonly string[]) => readonly string[]

/**
 * Writes the lines of two users through the file sink, and searches them: `grep(...)` runs grep with these arguments,
 * `shell(...)` runs a documented command unchanged, on `application.log`.
 */
export async function withLog<T>(
  fn: (ask: { grep: Query; shell: (command: string) => string; lines: readonly string[] }) => T | Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const file = join(folder, 'application.log')
    const recorder = createRecorder({ activityLog: true })
    const write = createActivityWriter({ sink: fileSink(file), recorder })
    recorder.onActivity(write)
    recorder.withUser('user@example.com', () => actions(recorder))
    recorder.withUser('bob smith', () => recorder.withToolCall('error_report', () => undefined))
    recorder.withUser('user@exampleXcom', () => recorder.withToolCall('calculator', () => undefined))
    await write.close()
    const grep: Query = (...pattern) => linesIn(spawnSync('grep', [...pattern, file], { encoding: 'utf8' }).stdout)
    const shell = (command: string) => execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
    return fn({ grep, shell, lines: grep('') })
  })
}

function actions(recorder: RecorderHelpers): void {
  recorder.withLlmCall({ model: 'gpt-4', messageCount: 5 }, () => 'answer')
  recorder.withLlmCall({ model: 'gpt-4', messageCount: 6 }, () => 'answer')
  recorder.withToolCall('calculator', () => 4)
  recorder.startToolCall('file_reader').fail(new Error('no such file'))
  recorder.trackFileUpload({ sizeBytes: 1024, contentType: 'application/pdf' })
  recorder.trackError('rate_limit')
}

function linesIn(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
