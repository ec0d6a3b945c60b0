import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ContentPlaces, readContentPlaces } from '../../packages/protocols/fixtures/content-places.js'
import {
  type Conversation,
  readConversations,
  reports,
  requestBytes,
  responsePieces,
} from '../../packages/wire/fixtures/conversations.js'
import { plantPlaces } from './plant-places.js'
import { createPlanter, MARK } from './plant-secrets.js'

const planter = createPlanter(process.pid.toString(36))
const tables = readContentPlaces()
const planned = [
  ...[...readConversations(), ...readConversations(reports)].map(planter.plant),
  ...tables.flatMap((table) => plantPlaces(table, planter.secret)),
]
const secrets = new RegExp(`${MARK}[a-z0-9]+x\\d{6}x`, 'g')

let folder = ''
let url = ''
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const [, part, index] = /^\/(plan|idle)(?:\/(\d+))?$/.exec(request.url ?? '') ?? []
    if (part === 'idle') response.end()
    else if (part === 'plan') {
      const conversation = planned[Number(index)]
      if (conversation === undefined) response.writeHead(204).end()
      else response.end(JSON.stringify(plan(conversation)))
    } else play(planned[Number(request.headers['x-call'])], response)
  })
})

function plan(conversation: Conversation): object {
  const { method, path, headers } = conversation.request
  const body = method === 'GET' ? undefined : Buffer.from(requestBytes(conversation)).toString('base64')
  return { method, path, headers, body }
}

function play(conversation: Conversation | undefined, response: import('node:http').ServerResponse): void {
  if (conversation === undefined) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(conversation.response.status, conversation.response.headers)
  for (const piece of responsePieces(conversation)) response.write(piece)
  response.end()
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quipu-privacy-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await build({
    entryPoints: [fileURLToPath(new URL('./model-calls-program.ts', import.meta.url))],
    outfile: join(folder, 'program.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@quipu/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the program; returns its output, and the secrets found in the output and in its heap. */
async function run(...args: readonly string[]) {
  const snapshot = join(folder, 'program.heapsnapshot')
  const child = spawn(process.execPath, ['--expose-gc', join(folder, 'program.mjs'), url, snapshot, ...args])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect([code, code === 0 ? '' : output]).toEqual([0, ''])
  const placesIn = (text: string): string[] =>
    [...new Set(text.match(secrets))].map((secret) => planter.places.get(secret) ?? secret)
  return { output, printed: placesIn(output), held: placesIn(readFileSync(snapshot, 'utf8')) }
}

test('each protocol has secrets in at least thirty places', () => {
  const placesOf = new Map(tables.map(({ protocol }) => [protocol, new Set<string>()]))
  for (const place of planter.places.values()) placesOf.get(place.slice(0, place.indexOf(':')))?.add(place)
  expect([...placesOf].filter(([, places]) => places.size < 30)).toEqual([])
})

test('no secret of a model call is printed, exported or logged, or in the heap afterwards', async () => {
  const { output, printed, held } = await run()
  expect(output).toContain(JSON.stringify({ count: planned.length, kept: 0 }))
  // It has recorded calls of every protocol.
  expect(output).toMatch(/llm_requests_total\{.*\} \d/)
  const isSeen = ({ protocol }: ContentPlaces) => output.includes(`kind="protocol",name="${protocol}"`)
  expect(tables.filter((table) => !isSeen(table))).toEqual([])
  expect({ printed, held }).toEqual({ printed: [], held: [] })
}, 120_000)

test('a program that keeps a part of each call is detected', async () => {
  const { held } = await run('keep')
  const inQueries = (places: Iterable<string>) => [...places].filter((place) => place.includes(': query')).length
  expect(inQueries(held)).toBe(inQueries(planter.places.values()))
}, 120_000)
