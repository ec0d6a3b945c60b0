import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAndScrape } from '../../fixtures/run-and-scrape.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

// An application whose requests fail with the errors of its model clients, or with its own.
const app = `
import { GoogleGenAI } from '@google/genai'
import { CohereClientV2 } from 'cohere-ai'
import express from 'express'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
const calls = (url) => {
  const messages = [{ role: 'user', content: 'planted-prompt' }]
  const google = new GoogleGenAI({ apiKey: 'x', httpOptions: { baseUrl: url } })
  const openai = new OpenAI({ apiKey: 'x', baseURL: url + '/v1', maxRetries: 0 })
  return {
    google: () => google.models.generateContent({ model: 'a-model', contents: 'planted-prompt' }),
    cohere: () => new CohereClientV2({ token: 'x', environment: url, maxRetries: 0 }).chat({ model: 'a-model', messages }),
    ollama: () => new Ollama({ host: url }).chat({ model: 'a-model', messages }),
    openai: () => openai.chat.completions.create({ model: 'a-model', messages }),
  }
}
const failing = calls(process.env.MODEL_SERVER)
const unreachable = calls(process.env.CLOSED_SERVER)
const own = { own: async () => { throw Object.assign(new Error('planted-error'), { status: 500 }) } }
const routes = express()
for (const [kind, all] of Object.entries({ failing, unreachable, own })) {
  for (const [name, call] of Object.entries(all)) routes.get('/' + kind + '/' + name, async () => call())
}
routes.use((error, request, response, next) => void response.status(500).end())
const server = routes.listen(0, '127.0.0.1', async () => {
  for (const kind of ['failing', 'unreachable']) {
    for (const name of Object.keys(failing)) await fetch('http://127.0.0.1:' + server.address().port + '/' + kind + '/' + name)
  }
  await fetch('http://127.0.0.1:' + server.address().port + '/own/own')
  console.log('served')
})
`

let apps: AppFolder
let closed = ''
const model = createServer((request, response) => {
  request.resume()
  response.writeHead(503, { 'content-type': 'application/json' })
  response.end('{"error":{"message":"planted-message","code":503,"status":"UNAVAILABLE"}}')
})

beforeAll(async () => {
  apps = await createAppFolder()
  apps.write('app.mjs', app)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closed = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.close()
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve))
}, 120_000)
afterAll(() => {
  apps.remove()
  model.close()
  model.closeAllConnections()
})

test('a model call that fails and ends its request is one error line, with any client', async () => {
  const { stdout, stderr } = await runAndScrape(apps, 'app.mjs', {
    FEATURE_METRICS_LOGGING_ENABLED: 'true',
    CLOSED_SERVER: closed,
    MODEL_SERVER: `http://127.0.0.1:${(model.address() as AddressInfo).port}`,
  })
  const errors = `${stdout}${stderr}`.match(/\[METRIC\] \[unknown\] error error_type=\w+/g) ?? []
  const count = (type: string): number => errors.filter((line) => line.endsWith(`=${type}`)).length
  expect({
    all: errors.length,
    connection: count('connection'),
    own: count('unexpected') + count('server_error'),
  }).toEqual({ all: 9, connection: 4, own: 1 })
  expect(stdout + stderr).not.toContain('planted')
})
