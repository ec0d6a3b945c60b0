import { DiagLogLevel, diag } from '@opentelemetry/api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ActivityEvent,
  createRecorder,
  FeatureMetrics,
  type Recorder,
  UsageMetrics,
  UserActionTimer,
} from './index.js'

/** What must never leave, wherever a program says it. */
const contents = {
  prompt: 'Please summarise the medical record of Jane Roe, born 1970',
  argument: '{"account":"DE89370400440532013000"}',
  message: 'ENOENT: no such file or directory, open /home/jane/secret.txt',
  email: 'jane.roe@example.com',
  key: 'Bearer c2VjcmV0IGtleSBvZiBqYW5l==',
}
/** What could be a name, and is none where it is said: ids and file names. */
const names = {
  file: 'contracts/2026/merger-with-acme.pdf',
  session: 'sess_9f8e7d6c5b4a',
  workspace: 'workspace-of-jane',
}
const said: string[] = []
const say = (...words: unknown[]): void => void said.push(words.map(String).join(' '))
beforeAll(() => {
  diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, DiagLogLevel.ALL)
})
afterAll(() => diag.disable())

/** Everything the recorder would let out, as one text. */
async function output(recorder: Recorder, events: readonly ActivityEvent[]): Promise<string> {
  const held = recorder.readings().flatMap((one) => one.cells().map((cell) => [one.name, ...cell.values].join(' ')))
  const exported = []
  for (const temporality of ['delta', 'cumulative'] as const)
    exported.push(await recorder.producer({ temporality }).collect())
  return [
    ...held,
    ...said,
    ...events.map(({ user: _, ...event }) => JSON.stringify(event)),
    JSON.stringify(exported),
  ].join('\n')
}

it('nothing that a program says by the way comes out anywhere', async () => {
  const recorder = createRecorder({ activityLog: true })
  const events: ActivityEvent[] = []
  recorder.onActivity((event) => events.push(event))
  const failure = Object.assign(new Error(contents.message), { path: names.file, name: contents.prompt })
  const attempt = (fn: () => unknown): void => {
    try {
      fn()
    } catch {}
  }
  for (const secret of Object.values(contents)) {
    recorder.trackUserAction(secret)
    recorder.trackFeatureUsage(secret)
    recorder.trackFeatureError('search', secret)
    recorder.trackAuthFailure(secret)
    recorder.trackError(secret)
    recorder.withToolCall(secret, () => 1)
    recorder.recordAnalysisComplexity(secret, 1)
    recorder.recordLlmRequest(secret, secret)
    recorder.recordLlmError('gpt-4', secret)
    recorder.observeRequest({ endpoint: secret, method: secret, statusCode: 200, durationMs: 1 })
    recorder.observeRequest({ endpoint: `/files/${secret}?q=${secret}`, method: 'GET', statusCode: 200, durationMs: 1 })
    recorder.withAttribution({ feature: secret }, () =>
      recorder.startLlmCall({ model: secret, endpoint: secret, provider: secret, serverAddress: secret }).end(),
    )
    recorder.trackFileUpload({ sizeBytes: 1, contentType: secret })
    recorder.logMetric(secret, null, { [secret]: secret })
    recorder.logMetric('llm_call', null, { model: secret, prompt: secret } as never)
    recorder.recordMetric(secret, 1)
    recorder.drop('app', secret)
    recorder.guard(secret, () => {
      throw failure
    })
    attempt(() =>
      recorder.withFeature('search', () => {
        throw failure
      }),
    )
    attempt(() =>
      recorder.withFeature('search', () => {
        throw secret
      }),
    )
    attempt(() =>
      recorder.withLlmCall({ model: 'gpt-4' }, () => {
        throw failure
      }),
    )
    attempt(() =>
      recorder.withToolCall('calculator', () => {
        throw failure
      }),
    )
    recorder.metrics.llm_requests_total.add(secret as never, { model: 'gpt-4', endpoint: 'chat' })
    new FeatureMetrics(secret, { recorder }).fail(failure)
    new UserActionTimer(secret, { recorder }).end()
    new UsageMetrics({ recorder, versionId: secret, enabled: true, idFile: '/dev/null/none' }).recordToolUsage(secret)
  }
  for (const secret of [...Object.values(contents), ...Object.values(names)]) {
    recorder.trackSessionStart(secret)
    recorder.trackSessionEnd(`${secret}-other`)
    recorder.updateWorkspaceSize(secret, 1)
    recorder.trackFileStored({ sizeBytes: 1, key: secret, category: secret as 'other' })
    recorder.logMetric('tool_call', null, { tool_name: 'x', [secret]: 1, arguments: secret } as never)
    recorder.withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, (call) => {
      call.output(secret)
      return { content: secret, choices: [{ message: { content: secret } }], error: secret }
    })
  }
  const text = await output(recorder, events)
  expect(said.length).toBeGreaterThan(0)
  const found = Object.entries({ ...contents, ...names }).flatMap(([name, secret]) =>
    [secret, encodeURIComponent(secret), secret.slice(0, 24)]
      .filter((one) => text.includes(one))
      .map((one) => `${name}: ${one}`),
  )
  expect(found).toEqual([])
})
