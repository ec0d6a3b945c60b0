import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { QuipuError } from '@quipu/catalog/builtin'
import { expect, it, vi } from 'vitest'
import { fetchRaw } from '../../fixtures/fetch-raw.js'
import { fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage } from '../families/catalog-page.js'
import type { PageSource } from '../families/page-source.js'
import { createHandler } from './handler.js'
import { listen } from './listen.js'

const pages = { '/metrics': catalogPage(fakeRecorder()) }

it('listens on loopback and a free port by default', async () => {
  const [one, two] = await Promise.all([listen(createHandler({ pages })), listen(createHandler({ pages }))])
  expect(one.url).toBe(`http://127.0.0.1:${one.port}`)
  expect(one.port).toBeGreaterThan(0)
  expect(one.port).not.toBe(two.port)
  expect((await fetchRaw(`${one.url}/metrics`)).status).toBe(200)
  await Promise.all([one.close(), two.close()])
})

it('rejects with a code when the port is in use', async () => {
  const { port, close } = await listen(createHandler({ pages }))
  const error = await listen(createHandler({ pages }), { port }).catch((reason: unknown) => reason)
  expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_PORT_IN_USE')
  await close()
})

it('rejects with a code when the address does not belong to this host', async () => {
  const error = await listen(createHandler({ pages }), { host: '192.0.2.1', allowPublic: true }).catch(
    (reason: unknown) => reason,
  )
  expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_LISTEN_FAILED')
})

it.each([
  ['that knows no permission for the network', [], undefined],
  ['that has one', ['--allow-net'], 'QUIPU_LISTEN_FAILED'],
])('under the permission model of a Node %s, it listens or rejects with a code', async (_, flags, code) => {
  vi.stubGlobal('process', {
    ...process,
    getBuiltinModule: process.getBuiltinModule,
    nextTick: process.nextTick,
    permission: { has: () => false },
    allowedNodeEnvironmentFlags: new Set(flags),
  })
  const listening = listen(createHandler({ pages }))
  vi.unstubAllGlobals()
  if (code === undefined) await (await listening).close()
  else await expect(listening).rejects.toMatchObject({ code, message: expect.stringContaining('--allow-net') })
})

it('refuses to be open to other hosts without a token or allowPublic', async () => {
  const open = createHandler({ pages })
  await expect(listen(open, { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'QUIPU_BIND_REFUSED' })
  const guarded = await listen(createHandler({ pages, auth: { bearer: 'x' } }), { host: '0.0.0.0' })
  expect(guarded.url).toBe(`http://127.0.0.1:${guarded.port}`)
  await guarded.close()
})

it('answers 421 on loopback to a request for a name that is neither of loopback nor allowed', async () => {
  const { url, port, close } = await listen(createHandler({ pages }), { allowedHosts: ['metrics.internal'] })
  const statusAs = async (host: string) => (await fetchRaw(`${url}/metrics`, { headers: { host } })).status
  expect(await statusAs(`localhost:${port}`)).toBe(200)
  expect(await statusAs('metrics.internal:9464')).toBe(200)
  expect(await statusAs(`evil.example:${port}`)).toBe(421)
  await close()
})

it('does not check the name when mounted in an application', async () => {
  const server = createServer(createHandler({ pages }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { status } = await fetchRaw(`http://127.0.0.1:${port}/metrics`, { headers: { host: 'app.example' } })
  expect(status).toBe(200)
  await new Promise((resolve) => server.close(resolve))
})

it('stops within its time limit although a client keeps its connection or waits for a response', async () => {
  const hanging: PageSource = { families: () => new Promise(() => undefined) }
  const server = await listen(createHandler({ pages: { '/metrics': hanging } }))
  const asked = new Promise((resolve) => server.server.once('request', resolve))
  const waiting = fetchRaw(`${server.url}/metrics`).catch((error: unknown) => error)
  await asked
  await server.close(20)
  expect(await waiting).toBeInstanceOf(Error)
  expect(server.server.listening).toBe(false)
})

it('can be stopped twice', async () => {
  const { close } = await listen(createHandler({ pages }))
  await close()
  await close()
})

it('frees the port when it is stopped', async () => {
  const { port, close } = await listen(createHandler({ pages }))
  await close()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  await new Promise((resolve) => other.close(resolve))
})
