import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater } from '../../fixtures/serving.js'
import { quipuNext } from './quipu-next.js'

afterEach(closeAll)

const route = (pathname: string) => ({ match: { definition: { pathname } }, middlewareInvoke: false })

/** Properties that Next 15 and 16 set on requests, as `npm run test:matrix -- next` observes with the real ones. */
test.each([
  ['a page of the app folder', '/posts/secret', route('/posts/[slug]'), '/posts/[slug]'],
  ['a route handler', '/api/42?token=secret', route('/api/[id]'), '/api/[id]'],
  ['a catch-all', '/docs/a/b', route('/docs/[...all]'), '/docs/[...all]'],
  ['what a rewrite leads to', '/r/secret', route('/posts/[slug]'), '/posts/[slug]'],
  ['a path that no route matches', '/wp-login.php', route('/_not-found'), 'unmatched'],
  ['the same in the pages folder', '/wp-login.php', route('/404'), 'unmatched'],
  ["an answer of the application's middleware", '/denied/secret', { middlewareInvoke: true }, 'middleware'],
  ['a file of the public folder', '/secret.txt', { middlewareInvoke: true, file: true }, 'unmatched'],
  ['a built file', '/_next/static/secret.js', { middlewareInvoke: true, file: true }, '/_next/static'],
  ['an image', '/_next/image?url=secret', { middlewareInvoke: false }, '/_next/image'],
  ['a file of the development server', '/_next/secret', {}, '/_next'],
  ['a redirect of the configuration', '/moved/secret', {}, 'unmatched'],
  ['a match of another shape', '/x', { match: 1 }, 'unmatched'],
  ['a request of another server', '/x', undefined, 'unmatched'],
])('%s is counted by its template, never by its path', async (_name, path, meta, endpoint) => {
  const recorder = createRecorder()
  closeLater(quipuNext({ recorder }))
  const server = createServer((request, response) => {
    Reflect.set(request, Symbol.for('NextInternalRequestMeta'), meta)
    answer(response, meta !== undefined && 'file' in meta)
  })
  closeLater(() => new Promise((resolve) => server.close(resolve)))
  closeLater(() => server.closeAllConnections())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).text()
  const cells = () =>
    recorder
      .readings()
      .find(({ name }) => name === 'app_requests_total')
      ?.cells() ?? []
  await expect.poll(() => cells().map(({ values }) => values[0])).toEqual([endpoint])
  expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('secret')
})

function answer(response: ServerResponse, isFile: boolean): void {
  if (isFile) response.setHeader('accept-ranges', 'bytes')
  response.end('answer')
}
