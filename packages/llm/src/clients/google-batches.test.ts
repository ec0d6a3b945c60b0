import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GoogleGenAI } from '@google/genai'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { counted } from '../../../wire/fixtures/counted.js'

const response = {
  candidates: [{ content: { parts: [{ text: 'planted-answer' }] } }],
  modelVersion: 'gemini-a-001',
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 4 },
}
const failed = { error: { code: 429, message: 'planted-error', status: 'RESOURCE_EXHAUSTED' } }
const done = {
  inlinedResponses: { inlinedResponses: [{ response, metadata: { key: 'planted-key' } }, failed, { response }] },
}
const batch = (state: string, output: object = {}) => ({
  name: 'batches/b-1',
  metadata: { model: 'models/gemini-a', state, displayName: 'planted-name', output },
})
const lines = [
  { key: 'planted-key', response },
  { key: 'planted-key', ...failed },
]
const files: { readonly [path: string]: string } = {
  '/v1/batches/running': JSON.stringify(batch('BATCH_STATE_RUNNING')),
  '/v1/batches/done': JSON.stringify(batch('BATCH_STATE_SUCCEEDED', done)),
  '/v1/files/results:download': lines.map((line) => JSON.stringify(line)).join('\n'),
  '/v1/files/requests:download': JSON.stringify({ key: 'planted-key', request: { contents: 'planted', response } }),
  '/v1/files/image:download': '\u0089PNG',
}

let url = ''
let folder = ''
const server = createServer((request, answer) => {
  const { pathname } = new URL(request.url ?? '', 'http://localhost')
  const type = pathname.includes('files') ? 'application/octet-stream' : 'application/json'
  answer.writeHead(200, { 'content-type': type }).end(files[pathname])
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  folder = mkdtempSync(join(tmpdir(), 'quipu-batches-'))
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

let recorder: ReturnType<typeof createTestRecorder>
beforeEach(() => {
  recorder = createTestRecorder()
})

async function observing(program: (client: GoogleGenAI) => Promise<unknown>): Promise<void> {
  const stop = observeModelCalls({ recorder })
  await program(new GoogleGenAI({ apiKey: 'planted-key', httpOptions: { baseUrl: url } }))
  stop()
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
}
const calls = () => counted(recorder, 'llm_requests_total')

test('each result of a batch is a call once the batch is done, however often it is fetched', async () => {
  await observing(async ({ batches }) => {
    await batches.get({ name: 'batches/running' })
    expect(calls()).toEqual({})
    for (let i = 0; i < 3; i++)
      expect((await batches.get({ name: 'batches/done' })).dest?.inlinedResponses).toHaveLength(3)
  })
  expect(calls()).toEqual({ 'gemini-a-001 generate_content': 2, 'gemini-a generate_content': 1 })
  expect(recorder.value('llm_tokens_total', { model: 'gemini-a-001', type: 'input' })).toBe(20)
  expect(counted(recorder, 'llm_rate_limits_total')).toEqual({ 'gemini-a': 1 })
  expect(counted(recorder, 'llm_request_duration_seconds')).toEqual({})
})

test('the file with the results of a batch is read, and other files are not', async () => {
  const download = async ({ files }: GoogleGenAI, name: string): Promise<string> => {
    const downloadPath = join(folder, name)
    await files.download({ file: name, downloadPath })
    return readFileSync(downloadPath, 'utf8')
  }
  await observing(async (client) => {
    for (const name of ['requests', 'image']) await download(client, name)
    expect(calls()).toEqual({})
    for (let i = 0; i < 2; i++) expect(await download(client, 'results')).toBe(files['/v1/files/results:download'])
  })
  expect(calls()).toEqual({ 'gemini-a-001 generate_content': 1, 'unknown generate_content': 1 })
})
