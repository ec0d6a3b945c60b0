import { DiagLogLevel, diag } from '@opentelemetry/api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { helperCalls, run } from '../fixtures/helper-calls.js'
import {
  type ActivityEvent,
  createRecorder,
  FeatureMetrics,
  type Recorder,
  UsageMetrics,
  UserActionTimer,
} from './index.js'

/** Secrets that must never leave the process, wherever a program passes them. */
const contents = {
  prompt: 'Please summarise the medical record of Jane Roe, born 1970',
  argument: '{"account":"DE89370400440532013000"}',
  message: 'ENOENT: no such file or directory, open /home/jane/secret.txt',
  email: 'jane.roe@example.com',
  key: 'Bearer c2VjcmV0IGtleSBvZiBqYW5l==',
}
/** Values that look like names but must not be recorded where they are passed: ids and file names. */
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

/** All outputs of the recorder as one text. */
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

type Run = () => unknown

/** Positions of a secret in a call: in a string, in a field of an object, in the result or error of a function. */
const places: readonly ((argument: unknown, secret: string) => unknown)[] = [
  (argument, secret) => (typeof argument === 'string' ? secret : argument),
  (argument, secret) =>
    typeof argument === 'object' && argument !== null && !(argument instanceof Error)
      ? Object.fromEntries(Object.entries(argument).map(([key, value]) => [key, isText(value) ? secret : value]))
      : argument,
  (argument, secret) =>
    typeof argument === 'object' && argument !== null ? { ...argument, [secret]: secret, prompt: secret } : argument,
  (argument, secret) => (argument === run || argument instanceof Error ? answering(secret) : argument),
  (argument, secret) => (argument === run ? failing(secret) : argument instanceof Error ? errorOf(secret) : argument),
  (argument, secret) => (argument === run ? () => Promise.reject(errorOf(secret)) : argument),
]

const isText = (value: unknown): boolean => typeof value === 'string'
const errorOf = (secret: string): Error =>
  Object.assign(new Error(secret), { path: names.file, name: secret, code: secret })
const failing =
  (secret: string): Run =>
  () => {
    throw errorOf(secret)
  }
const answering =
  (secret: string): Run =>
  () => ({
    content: secret,
    choices: [{ message: { content: secret } }],
    error: secret,
  })

/** Calls a helper, and follows its result to the end. Errors belong to the application. */
async function attempt(call: Run): Promise<void> {
  try {
    const returned = call()
    if (typeof returned === 'function') await returned()
    else if (typeof returned === 'object' && returned !== null) await (Reflect.get(returned, 'end')?.() ?? returned)
    else await returned
  } catch {
    // The application’s own error.
  }
}

/** Creates a recorder and returns the outputs that contain one of these secrets after `call`. */
async function leaks(
  secrets: Readonly<Record<string, string>>,
  call: (recorder: Recorder, secret: string) => unknown,
): Promise<readonly string[]> {
  const recorder = createRecorder({ activityLog: true })
  const events: ActivityEvent[] = []
  recorder.onActivity((event) => events.push(event))
  for (const secret of Object.values(secrets)) await call(recorder, secret)
  const text = await output(recorder, events)
  return Object.entries(secrets).flatMap(([name, secret]) =>
    [secret, encodeURIComponent(secret), secret.slice(0, 24)]
      .filter((one) => text.includes(one))
      .map((one) => `${name}: ${one}`),
  )
}

it.each(Object.entries(helperCalls))(
  'no content leaves through %s, whichever argument it is in',
  async (name, { given }) => {
    const found = await leaks(contents, async (recorder, secret) => {
      for (const [at] of given.entries())
        for (const place of places) {
          const planted = given.map((argument, i) => (i === at ? place(argument, secret) : argument))
          await attempt(() => Reflect.apply(Reflect.get(recorder, name), recorder, planted))
        }
    })
    expect(found).toEqual([])
  },
)

it('no id and no file name leaves, although it looks like a name', async () => {
  const found = await leaks({ ...contents, ...names }, (recorder, secret) => {
    recorder.trackSessionStart(secret)
    recorder.trackSessionEnd(`${secret}-other`)
    recorder.updateWorkspaceSize(secret, 1)
    recorder.trackFileStored({ sizeBytes: 1, key: secret, category: secret as 'other' })
    recorder.logMetric('tool_call', null, { tool_name: 'x', [secret]: 1, arguments: secret } as never)
  })
  expect(found).toEqual([])
})

it('no content leaves through a path, an event, or other methods', async () => {
  const found = await leaks(contents, (recorder, secret) => {
    recorder.logMetric(secret, null, { [secret]: secret })
    recorder.logMetric('llm_call', null, { model: secret, prompt: secret } as never)
    recorder.observeRequest({ endpoint: `/files/${secret}?q=${secret}`, method: 'GET', statusCode: 200, durationMs: 1 })
    recorder.recordMetric(secret, 1)
    recorder.drop('app', secret)
    recorder.caught(secret, errorOf(secret))
    recorder.guard(secret, failing(secret))
    recorder.metrics.llm_requests_total.add(secret as never, { model: 'gpt-4', endpoint: 'chat' })
    recorder.withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, (call) => call.output(secret))
    new FeatureMetrics(secret, { recorder }).fail(errorOf(secret))
    new UserActionTimer(secret, { recorder }).end()
    new UsageMetrics({ recorder, versionId: secret, enabled: true, idFile: '/dev/null/none' }).recordToolUsage(secret)
  })
  expect(said.length).toBeGreaterThan(0)
  expect(found).toEqual([])
})
