import { DiagLogLevel, diag } from '@opentelemetry/api'
import { formatMetricJson, formatMetricLine } from '@quipu/activity-log'
import { createRecorder, UsageMetrics } from '@quipu/core'
import { renderPage } from '@quipu/prometheus'
import { otlpPoints } from './otlp.js'
import { withFolder } from './test-environment.js'

/** Secrets that must not leave, by their promise, each in the place where an application has such data. */
export const secrets = {
  prompt: 'please-summarise-the-merger',
  completion: 'the-merger-closes-on-friday',
  toolArgument: 'path-to-the-payroll',
  toolResult: 'payroll-of-march',
  fileName: 'quarterly-figures.xlsx',
  folder: 'board-only',
  errorMessage: 'password-hunter2-was-refused',
  userInput: 'what-the-user-typed',
  phone: '+51-999-888-777',
  address: 'jr-de-la-union-100',
} as const

/** All output: page, OTLP points, lines in both formats, diagnostics. */
export interface Left {
  readonly lines: readonly string[]
  readonly all: string
}

/** Performs all actions of an application with a secret in every possible place, and collects the output. */
export async function actWithSecrets(): Promise<Left> {
  return withFolder(async (folder) => {
    const said: string[] = []
    const listen = (...words: readonly unknown[]): void => void said.push(words.map(String).join(' '))
    diag.setLogger(
      { verbose: listen, debug: listen, info: listen, warn: listen, error: listen },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    )
    try {
      const recorder = createRecorder({ activityLog: true })
      const lines: string[] = []
      recorder.onActivity((event) => lines.push(formatMetricLine(event), formatMetricJson(event)))
      await recorder.withUser('user@example.com', () => act(recorder, folder))
      const page = await renderPage(recorder)
      const openMetrics = await renderPage(recorder, { accept: 'application/openmetrics-text' })
      const otlp = JSON.stringify(await otlpPoints(recorder))
      return { lines, all: [page, openMetrics, otlp, ...lines, ...said].join('\n') }
    } finally {
      diag.disable()
    }
  })
}

async function act(recorder: ReturnType<typeof createRecorder>, folder: string): Promise<void> {
  const messages = [{ role: 'user', content: secrets.prompt, name: secrets.address }]
  await recorder.withLlmCall({ model: 'gpt-4', endpoint: 'chat', messageCount: messages.length }, async () => ({
    model: 'gpt-4-0613',
    content: secrets.completion,
    choices: [{ message: { content: secrets.completion, tool_calls: [{ arguments: secrets.toolArgument }] } }],
    usage: { prompt_tokens: 3, completion_tokens: 4, note: secrets.prompt },
  }))
  const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat' })
  call.output(secrets.completion)
  call.end()
  class RefusedError extends Error {
    override readonly name = 'RefusedError'
    readonly status = 500
    readonly body = secrets.errorMessage
  }
  const failure = new RefusedError(secrets.errorMessage)
  const failing = (): never => {
    throw failure
  }
  swallow(() => recorder.withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, failing))
  await recorder.withLlmCall({ model: 'gpt-4' }, async () => ({ success: false, error: secrets.errorMessage }))
  recorder.withToolCall('calculator', () => ({ given: secrets.toolArgument, result: secrets.toolResult }))
  swallow(() => recorder.withToolCall('file_reader', failing))
  swallow(() => recorder.withFeature('threat_analysis', failing))
  recorder.trackFeatureError('threat_analysis', failure)
  const upload: { sizeBytes: number; contentType: string } = Object.assign(
    { sizeBytes: 1024, contentType: `application/pdf; name="${secrets.fileName}"` },
    { fileName: secrets.fileName, path: `/${secrets.folder}/${secrets.fileName}` },
  )
  recorder.trackFileUpload(upload)
  recorder.trackFileStored({ sizeBytes: 2048, key: `${secrets.folder}/uploads/${secrets.fileName}` })
  const undeclared: object = {
    model: 'gpt-4',
    message_count: 5,
    prompt: secrets.prompt,
    input: secrets.userInput,
    phone: secrets.phone,
    'user.email': 'other@example.com',
    [secrets.userInput]: 1,
  }
  recorder.logMetric('llm_call', undefined, undeclared)
  const toolFields: object = { tool_name: 'calculator', arguments: secrets.toolArgument, result: secrets.toolResult }
  recorder.logMetric('tool_call', undefined, toolFields)
  // An undeclared event, undeclared labels, and text in place of an error type.
  const anyEvent: (event: string, user: undefined, fields: { readonly text: string }) => void = recorder.logMetric
  anyEvent(secrets.userInput, undefined, { text: secrets.userInput })
  anyEvent('search_query', undefined, { text: secrets.userInput })
  recorder.recordMetric('llm_requests_total', 1, { model: 'gpt-4', endpoint: 'chat', prompt: secrets.prompt })
  recorder.recordMetric(secrets.userInput, 1)
  recorder.trackError(`it said: ${secrets.errorMessage}`)
  recorder.observeRequest({
    endpoint: `/search?q=${secrets.userInput}`,
    method: 'GET',
    statusCode: 500,
    durationMs: 3,
  })
  recorder.trackSessionStart(secrets.phone)
  recorder.updateWorkspaceSize(secrets.address, 1024)
  new UsageMetrics({ recorder, idFile: `${folder}/installation-id` }).recordActiveUser()
}

function swallow(fn: () => unknown): void {
  try {
    fn()
  } catch {
    // An error that the application handles.
  }
}
