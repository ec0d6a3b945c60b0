import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadStudio } from '@quipu/studio'

/** A server of a page whose text a test sets, with the studio beside it. */
export interface TextPage {
  readonly url: string
  /** Content of `/custom_metrics`; undefined for a response 503. */
  text: string | undefined
  close(): Promise<void>
}

/** Serves a text as a page, with the studio that reads it. */
export async function serveText(text: string): Promise<TextPage> {
  const studio = await loadStudio()
  const state = { text: text as string | undefined }
  const server: Server = createServer(({ url = '' }, response) => {
    if (url === '/quipu') response.writeHead(200, studio.headers).end(studio.body)
    else if (url !== '/custom_metrics') response.writeHead(404).end()
    else if (state.text === undefined) response.writeHead(503).end()
    else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(state.text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}/quipu`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}
