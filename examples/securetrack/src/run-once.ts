import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Comparison, compare, isEqual } from './report/compare.js'
import { readPage } from './report/read-page.js'
import { table } from './report/table.js'
import { type System, startSystem } from './system.js'
import { Account } from './traffic/account.js'
import { expectStart, runFixedWorkload } from './traffic/fixed-workload.js'

/** The last action of a client reaches the server a moment later. */
const DEADLINE_MS = 5000

/**
 * Runs the fixed workload, prints the output, and compares it with the workload.
 * @returns whether both are equal and the output contains no planted secret
 */
export async function runOnce(port: number, print: (text: string) => void): Promise<boolean> {
  const secret = `SECRET-${randomUUID()}`
  const account = new Account()
  const lines: string[] = []
  expectStart(account)
  const system = await startSystem({
    port,
    onLine: (line) => lines.push(line),
    onServed: (served) => account.served(served),
  })
  try {
    await runFixedWorkload(system, account, secret)
    const { pages, rows } = await readUntilEqual(system, account, lines)
    for (const [url, text] of pages) print(`── ${url}\n${text}`)
    print(`── lines\n${lines.join('\n')}\n`)
    const leaks = await findSecret(system, secret, [...pages.values(), ...lines])
    const all = [...rows, { name: 'planted secrets that came out', expected: 0, got: leaks }]
    print(report(all))
    return all.every(isEqual)
  } finally {
    await system.close()
  }
}

interface Readings {
  readonly pages: ReadonlyMap<string, string>
  readonly rows: readonly Comparison[]
}

async function readUntilEqual(system: System, account: Account, lines: readonly string[]): Promise<Readings> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const pages = new Map<string, string>()
    for (const path of ['/metrics', '/custom_metrics']) pages.set(system.url + path, await read(system.url + path))
    const samples = [...pages.values()].flatMap(readPage)
    const rows = compare(account, { samples, lines })
    if (rows.every(isEqual) || Date.now() > deadline) return { pages, rows }
    await delay(50)
  }
}

async function read(url: string, accept = 'text/plain'): Promise<string> {
  const response = await fetch(url, { headers: { accept } })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.text()
}

/** Counts occurrences of the secret in all output, in both formats of the pages. */
async function findSecret(system: System, secret: string, texts: readonly string[]): Promise<number> {
  const openMetrics = await Promise.all(
    ['/metrics', '/custom_metrics'].map((path) => read(system.url + path, 'application/openmetrics-text')),
  )
  // Also parts of the secret.
  const [, ...parts] = secret.split('-')
  return [...texts, ...openMetrics].filter((text) => text.includes('SECRET') || text.includes(parts.join('-'))).length
}

function report(rows: readonly Comparison[]): string {
  const wrong = rows.filter((row) => !isEqual(row))
  const text = table(
    ['expected and got', 'expected', 'got', ''],
    rows.map((row) => [row.name, String(row.expected), String(row.got), isEqual(row) ? 'ok' : 'WRONG']),
  )
  const verdict =
    wrong.length === 0
      ? `All ${rows.length} figures are equal.`
      : `${wrong.length} of ${rows.length} figures are wrong:\n${wrong.map(({ name, expected, got }) => `  ${name}: expected ${expected}, got ${got}`).join('\n')}`
  return `${text}\n\n${verdict}`
}
