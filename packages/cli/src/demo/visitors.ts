import { setTimeout as delay } from 'node:timers/promises'

interface Visit {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}

const users = ['ana', 'ben', 'chidi', 'dora', 'eva']
const visits: readonly Visit[] = [
  { method: 'POST', path: '/sign-in', body: 'right' },
  { method: 'POST', path: '/chat', body: 'Which ports are open?' },
  { method: 'GET', path: '/documents/a1' },
  { method: 'POST', path: '/documents', body: 'the bytes of a document' },
  { method: 'POST', path: '/chat', body: 'What should I do first?' },
  { method: 'POST', path: '/documents/a1/summary' },
  { method: 'POST', path: '/search' },
  { method: 'GET', path: '/documents/b2' },
  { method: 'POST', path: '/chat', body: 'Tell me more.' },
  { method: 'POST', path: '/sign-in', body: 'wrong' },
  { method: 'POST', path: '/chat', body: 'And then?' },
  { method: 'POST', path: '/reports' },
]

const tooMuch: Visit = { method: 'POST', path: '/chat', body: 'Tell me everything.' }
/** One visit of this many sends more than a model accepts. */
const TOO_MUCH_EVERY = 23

/** Visits the application once, as the visitor of this number; returns the method, route and status. */
export async function visit(url: string, number: number): Promise<string> {
  const planned = visits[number % visits.length] as Visit
  const { method, path, body } = number % TOO_MUCH_EVERY === 7 ? tooMuch : planned
  const user = `${users[Math.floor(number / visits.length) % users.length]}@example.com`
  const response = await fetch(url + path, { method, headers: { 'x-user': user }, ...(body !== undefined && { body }) })
  await response.text()
  return `${method} ${path.replace(/\/documents\/\w+/, '/documents/:id')} ${response.status}`
}

/** Visits the application until the signal is aborted, at a varying rate. */
export async function visitUntil(url: string, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number++) {
    void visit(url, number).catch(() => undefined)
    const busy = 1 + Math.sin(Date.now() / 20_000)
    await delay(40 + 150 * Math.random() * (2.2 - busy), undefined, { signal }).catch(() => undefined)
  }
}
