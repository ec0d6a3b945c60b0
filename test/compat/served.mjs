import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const START_MS = 120_000
const PAGES_MS = 60_000

/** Returns a free port of the loopback interface. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/**
 * Starts a program that serves on a port, and waits until the port accepts connections, without a request.
 * @param {{ program: string, args: readonly string[], cwd: string, env?: Record<string, string>, port: number, ready?: string }}
 *   options `ready`: what a program prints when it can respond, if it listens before
 */
export async function startServed({ program, args, cwd, env, port, ready = '' }) {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group, so that its children end with it.
    detached: true,
  })
  let output = ''
  let isOver = false
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      output += piece
    })
  const closed = new Promise((resolve) => {
    child.once('error', (error) => {
      output += String(error)
    })
    child.once('close', () => {
      isOver = true
      resolve()
    })
  })
  const end = async () => {
    if (!isOver) {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    await closed
  }
  const until = async (what, ms, look) => {
    for (const startedAt = performance.now(); performance.now() - startedAt < ms && !isOver; await wait(50)) {
      const found = await look()
      if (found) return found
    }
    await end()
    throw new Error(`${what} did not come.\n${output}`)
  }
  const pages = () =>
    until('the line with the pages', PAGES_MS, () => [...output.matchAll(/ pages (http\S+)/g)].at(-1)?.[1])
  await until(`the server on port ${port}`, START_MS, () => accepts(port))
  await until(`"${ready}"`, START_MS, () => output.includes(ready))
  return {
    base: `http://127.0.0.1:${port}`,
    output: () => output,
    /** Returns the page with the application's metrics after the program has printed its address. */
    page: async () => (await fetch(await pages())).text(),
    /** Returns the standard page. */
    standardPage: async () => (await fetch((await pages()).replace('/custom_metrics', '/metrics'))).text(),
    end,
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Counts on a page by endpoint, method and status. */
function countsOn(page) {
  const lines = page.matchAll(
    /^app_requests_total\{endpoint="([^"]*)",method="([^"]*)",status_code="([^"]*)"\} (\d+)$/gm,
  )
  return Object.fromEntries(
    [...lines].map(([, endpoint, method, status, count]) => [`${endpoint} ${method} ${status}`, Number(count)]),
  )
}

/** Counts requests by their expectation, the third element. */
export function countRequests(requests) {
  const counts = {}
  for (const [, , counted] of requests) counts[counted] = (counts[counted] ?? 0) + 1
  return counts
}

/** Headers that depend on the time of the run and on its files. */
const varying = ['date', 'etag', 'last-modified', 'x-ratelimit-reset']

/** Sends a request; returns the parts of the response that are the same in two runs: no addresses, dates and versions. */
export async function send(base, path, init) {
  const { host } = new URL(base)
  const alike = (text) =>
    text
      .replaceAll(host, 'host')
      .replaceAll(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'date')
      .replaceAll(/\?v=\w+/g, '?v=')
      // Next's hash of an error's stack, on which the functions around the handler are.
      .replaceAll(/digest\W+\d+/g, 'digest')
  const response = await fetch(base + path, { ...init, redirect: 'manual' })
  const headers = [...response.headers].filter(([name]) => !varying.includes(name))
  return {
    status: response.status,
    headers: headers.map(([name, value]) => [name, alike(value)]),
    text: alike(await response.text()),
  }
}

/** Returns the page and its counts after the expected number of requests has ended; expected counts come first, in order. */
export async function withCounts(server, expected) {
  const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)
  let page = await server.page()
  for (let i = 0; i < 50 && total(countsOn(page)) < total(expected); i++) {
    await wait(100)
    page = await server.page()
  }
  const counted = countsOn(page)
  const names = [...Object.keys(expected), ...Object.keys(counted)].filter((name) => name in counted)
  return { page, counts: Object.fromEntries(names.map((name) => [name, counted[name]])) }
}
