import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { toNumber } from './promql.js'
import { serverPath } from './server-path.js'
import { spawnBound } from './server-process.js'

/** One line of a page, as the Python client parsed it. */
export interface PageSample {
  /** With its suffix, such as `requests_total`. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Unix seconds, or null. */
  readonly timestamp: number | null
  readonly exemplar: {
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
    readonly timestamp: number | null
  } | null
}

export interface PageFamily {
  /** Without a counter's `_total`. */
  readonly name: string
  readonly type: string
  readonly help: string
  readonly unit: string
  readonly samples: readonly PageSample[]
}

/** The families of a page, or the parser's error. */
export type ParsedPage = { readonly families: readonly PageFamily[] } | { readonly error: string }

const SCRIPT = fileURLToPath(new URL('parse_page.py', import.meta.url))

/** Parses a page with the strict OpenMetrics parser of the Prometheus Python client. */
export async function parseOpenMetrics(page: string): Promise<ParsedPage> {
  return await ask('openmetrics', page)
}

/** Parses a page with the text format parser of the Prometheus Python client, which is less strict. */
export async function parsePrometheusText(page: string): Promise<ParsedPage> {
  return await ask('text', page)
}

interface Waiting {
  resolve(answer: ParsedPage): void
  reject(error: Error): void
}

/** One interpreter parses all pages in order: starting one takes 150 ms, and property tests parse thousands of pages. */
let parser: { child: ChildProcess; waiting: Waiting[] } | null = null

async function ask(format: 'openmetrics' | 'text', page: string): Promise<ParsedPage> {
  parser ??= startParser()
  const { child, waiting } = parser
  return await new Promise((resolve, reject) => {
    waiting.push({ resolve, reject })
    holdProcess(child, true)
    child.stdin?.write(`${JSON.stringify({ format, page })}\n`)
  })
}

function startParser(): { child: ChildProcess; waiting: Waiting[] } {
  const child = spawnBound(serverPath('python'), [SCRIPT, '--lines'], { stdio: 'pipe' })
  const waiting: Waiting[] = []
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  child.stdin?.on('error', () => {}) // 'close' reports it
  const lines = child.stdout && createInterface({ input: child.stdout })
  lines?.on('line', (line) => {
    waiting.shift()?.resolve(reviveNumbers(line))
    if (waiting.length === 0) holdProcess(child, false)
  })
  const fail = (reason: unknown) => {
    parser = null
    for (const { reject } of waiting.splice(0)) reject(new Error(`parse_page.py ended (${reason}): ${stderr}`))
  }
  child.once('error', fail)
  child.once('close', fail)
  return { child, waiting }
}

/** An idle interpreter must not keep a finished test run alive; one that is parsing must. */
function holdProcess(child: ChildProcess, hold: boolean): void {
  for (const each of [child, child.stdin, child.stdout, child.stderr]) {
    if (each === child || each instanceof Socket) hold ? each.ref() : each.unref()
  }
}

function reviveNumbers(line: string): ParsedPage {
  return JSON.parse(line, (key, value: unknown) =>
    (key === 'value' || key === 'timestamp') && typeof value === 'string' ? toNumber(value) : value,
  ) as ParsedPage
}
