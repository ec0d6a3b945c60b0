import { writeHeapSnapshot } from 'node:v8'
import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { createRecorder } from '@quipu/core'
import { observeModelCalls } from '@quipu/llm'
import { renderPage } from '@quipu/prometheus'

// Makes the calls that a server plans, prints everything recorded, and writes a heap snapshot. It has no content of its own:
// the server provides all that it sends, and any kept content is a fault.
const [url = '', snapshot = '', isKeeping] = process.argv.slice(2)
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.ALL)
const recorder = createRecorder({ activityLog: true })
const lines: string[] = []
recorder.onActivity((event) => void lines.push(JSON.stringify(event)))
const stop = observeModelCalls({ recorder })
const kept: unknown[] = []

interface Planned {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** In base64. */
  readonly body?: string
}

async function call(i: number): Promise<boolean> {
  const planned = await fetch(`${url}/plan/${i}`)
  if (planned.status === 204) return false
  const { method, path, headers, body } = (await planned.json()) as Planned
  if (isKeeping === 'keep') kept.push(path)
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, 'x-call': String(i) },
    ...(body !== undefined && { body: Buffer.from(body, 'base64') }),
  })
  await response.arrayBuffer()
  return true
}

let count = 0
while (await call(count)) count++
recorder.recordPending()
stop()

const pages = [await renderPage(recorder), await renderPage(recorder, { accept: 'application/openmetrics-text' })]
const { resourceMetrics } = await recorder.producer().collect()
process.stdout.write(`${JSON.stringify({ count, kept: kept.length })}\n${pages.join('\n')}\n`)
process.stdout.write(`${JSON.stringify(resourceMetrics)}\n${lines.join('\n')}\n`)

// The runtime keeps the addresses of requests for `performance`, and its client the last request of a connection.
performance.clearResourceTimings()
for (let i = 0; i < 20; i++) await (await fetch(`${url}/idle`)).text()
for (let i = 0; i < 5; i++) {
  globalThis.gc?.()
  await new Promise((resolve) => setTimeout(resolve, 20))
}
writeHeapSnapshot(snapshot)
// Recorder and program still exist.
process.stdout.write(`${lines.length} ${kept.length}\n`)
