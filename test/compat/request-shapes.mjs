import { connect } from 'node:net'

// Requests as bytes, also those that no HTTP client would send.

const close = 'Host: host\r\nConnection: close\r\n'
const keep = 'Host: host\r\n'
/** A request without a body. */
const ask = (method, target, headers = close) => `${method} ${target} HTTP/1.1\r\n${headers}\r\n`
const post = (headers, body) => `POST /users/secret HTTP/1.1\r\n${close}${headers}\r\n\r\n${body}`
/** Asks Node for a sign that the application has the request. */
const expecting = 'Expect: 100-continue\r\n'

/** The templates of routes as Express declares them. */
const USER = '/users/:id'
const ITEM = '/shops/:shop/items/:item'
const FILE = '/files/*'
const NONE = 'unmatched'

/**
 * @typedef {object} Shape
 * @property {string} name
 * @property {string | readonly string[]} sent what a connection sends; each further text after an answer
 * @property {readonly (readonly [method: string, route: string, status?: number])[]} requests how each is counted; without a
 * status, by that of its answer
 * @property {boolean} [leaves] whether the client leaves once the application has the request, or has begun its answer
 */

/** @type {readonly Shape[]} */
export const shapes = [
  ...[
    ['GET', '/users/secret', USER],
    ['HEAD', '/users/secret', USER],
    ['GET', '/users/secret?token=secret', USER],
    ['GET', '/users/secret?', USER],
    ['GET', '/users/a%2Fsecret', USER],
    ['GET', '/users/%E2%98%83', USER],
    ['GET', '/users/secret;v=1', USER],
    ['GET', `/users/${'a'.repeat(7000)}`, USER],
    ['GET', '/users/:id', USER],
    ['GET', '/users/*', USER],
    ['GET', 'http://host/users/secret', USER],
    ['GET', '/users/secret/', USER],
    ['GET', '/USERS/secret', USER],
    ['GET', '//users/secret', USER],
    ['GET', '/users//secret', USER],
    ['GET', '/users/%zz', USER],
    ['GET', '/users/a%00b', USER],
    ['GET', '/users/../users/secret', USER],
    ['GET', '/%75sers/secret', USER],
    ['GET', '/users/secret#part', USER],
    ['GET', '/', NONE],
    ['GET', '/secret', NONE],
    ['HEAD', '/secret', NONE],
    ['GET', '/users/secret/none', NONE],
    ['DELETE', '/users/secret', NONE],
    ['OPTIONS', '/users/secret', NONE],
    ['OPTIONS', '*', NONE],
    ['TRACE', '/users/secret', NONE],
    ['PURGE', '/users/secret', NONE],
    ['PROPFIND', '/users/secret', NONE],
    ['GET', '/shops/secret/items/secret', ITEM],
    ['GET', '/shops/items/items/shops', ITEM],
    ['GET', '/shops/%2F/items/%2F', ITEM],
    ['GET', '/shops/secret/fail/secret', '/shops/:shop/fail/:item'],
    ['GET', '/shops/secret', NONE],
    ['GET', '/numbers/12', '/numbers/:number'],
    ['GET', '/numbers/secret', NONE],
    ['GET', '/files/secret', FILE],
    ['GET', '/files/secret/secret.txt', FILE],
    ['HEAD', '/files/secret', FILE],
    ['GET', '/either', '/either'],
    ['GET', '/or', '/or'],
    ['GET', '/fail', '/fail'],
    ['GET', '/stream', '/stream'],
    ['HEAD', '/stream', '/stream'],
    ['GET', '/events', '/events'],
    ['GET', '/empty', '/empty'],
    ['GET', '/moved', '/moved'],
    ['GET', '/gone', '/gone'],
    ['GET', '/guarded/secret', '/guarded/:id'],
    ['GET', '/held', '/held'],
    ['GET', '/v2/versions/secret', '/v2/versions/:id'],
    ['GET', '/piped/secret', '/piped/:id'],
    ['GET', '/ticks', '/ticks'],
    ['GET', '/download', '/download'],
  ].map(([method, target, route]) => ({
    name: `${method} ${target.slice(0, 40)}`,
    sent: ask(method, target),
    requests: [[method === 'PURGE' || method === 'PROPFIND' ? 'OTHER' : method, route]],
  })),
  { name: 'a file', sent: ask('GET', '/public/answers.mjs'), requests: [['GET', '/public']] },
  { name: 'HEAD of a file', sent: ask('HEAD', '/public/answers.mjs?secret'), requests: [['HEAD', '/public']] },
  { name: 'no such file', sent: ask('GET', '/public/secret'), requests: [['GET', NONE]] },
  {
    name: 'a part of a file',
    sent: ask('GET', '/public/answers.mjs', `${close}Range: bytes=0-1\r\n`),
    requests: [['GET', '/public']],
  },
  {
    name: 'a part that a file has not',
    sent: ask('GET', '/public/answers.mjs', `${close}Range: bytes=99999-\r\n`),
    requests: [['GET', '/public']],
  },
  {
    name: 'a file that is not modified',
    sent: ask('GET', '/public/answers.mjs', `${close}If-None-Match: *\r\n`),
    requests: [['GET', '/public']],
  },
  {
    name: 'not modified',
    sent: ask('GET', '/users/secret', `${close}If-None-Match: *\r\n`),
    requests: [['GET', USER]],
  },
  { name: 'a range', sent: ask('GET', '/users/secret', `${close}Range: bytes=0-1\r\n`), requests: [['GET', USER]] },
  { name: 'a body', sent: post('Content-Type: text/plain\r\nContent-Length: 6', 'secret'), requests: [['POST', USER]] },
  {
    name: 'a body in chunks, with trailers',
    sent: post(
      'Content-Type: text/plain\r\nTransfer-Encoding: chunked',
      '6\r\nsecret\r\n0\r\nChecksum: secret\r\n\r\n',
    ),
    requests: [['POST', USER]],
  },
  {
    name: 'a body that waits for 100 Continue',
    sent: [post(`Content-Type: text/plain\r\n${expecting}Content-Length: 6`, ''), 'secret'],
    requests: [['POST', USER]],
  },
  {
    name: 'an expectation that nothing meets',
    sent: ask('GET', '/users/secret', `${close}Expect: miracles\r\n`),
    requests: [['GET', NONE]],
  },
  {
    name: 'a body of GET',
    sent: ask('GET', '/users/secret', `${close}Content-Length: 0\r\n`),
    requests: [['GET', USER]],
  },
  { name: 'no Host', sent: ask('GET', '/users/secret', 'Connection: close\r\n'), requests: [['GET', NONE]] },
  { name: 'HTTP/1.0', sent: 'GET /users/secret HTTP/1.0\r\n\r\n', requests: [['GET', USER]] },
  {
    name: 'three requests at once',
    sent: ask('GET', '/slow', keep) + ask('GET', '/users/secret', keep) + ask('GET', '/secret'),
    requests: [
      ['GET', '/slow'],
      ['GET', USER],
      ['GET', NONE],
    ],
  },
  {
    name: 'a connection that is used again',
    sent: [ask('GET', '/users/secret', keep), ask('GET', '/shops/secret/items/1', keep), ask('HEAD', '/users/secret')],
    requests: [
      ['GET', USER],
      ['GET', ITEM],
      ['HEAD', USER],
    ],
  },
  {
    name: 'another protocol that nothing serves',
    sent: ask('GET', '/users/secret', `Host: host\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n`),
    requests: [['GET', USER]],
  },
  {
    name: 'a client that leaves before the answer',
    sent: ask('GET', '/never', keep + expecting),
    requests: [['GET', '/never', 499]],
    leaves: true,
  },
  {
    name: 'a client that leaves an answer that the framework has handed over',
    sent: ask('GET', '/held?open', keep),
    requests: [['GET', '/held', 499]],
    leaves: true,
  },
  {
    name: 'a client that leaves within its body',
    sent: post(`Content-Type: text/plain\r\n${expecting}Transfer-Encoding: chunked`, '6\r\nsec'),
    requests: [['POST', USER, 499]],
    leaves: true,
  },
  { name: 'a server that breaks off', sent: ask('GET', '/broken'), requests: [['GET', '/broken', 500]] },
  // Node answers these before there is a request.
  { name: 'CONNECT', sent: ask('CONNECT', 'host:443'), requests: [] },
  { name: 'an unknown method', sent: ask('SECRET', '/users/1'), requests: [] },
  { name: 'a path of other characters', sent: ask('GET', '/users/\u00e2\u0098\u0083'), requests: [] },
  { name: 'a target without a path', sent: ask('GET', '?token=secret'), requests: [] },
  { name: 'no HTTP', sent: 'secret\r\n\r\n', requests: [] },
  { name: 'a head that is too large', sent: ask('GET', '/', `${close}X: ${'a'.repeat(20_000)}\r\n`), requests: [] },
  {
    name: 'two lengths',
    sent: post('Content-Length: 6\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    requests: [],
  },
]

/** How long a client waits for the next byte. */
const IDLE_MS = 5_000

/** Sends a shape on its own connection; resolves to everything that was received. */
export function sendShape(port, { sent, leaves = false }) {
  return new Promise((resolve) => {
    const [first, ...rest] = [sent].flat()
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(first, 'latin1'))
    // Also without any answer.
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    socket.on('data', (piece) => {
      received += piece.toString('latin1')
      const next = rest.shift()
      if (next !== undefined) socket.write(next, 'latin1')
      if (leaves && /100 Continue|first/.test(received)) socket.destroy()
    })
    // A connection that Node resets has ended too.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
}

/** The statuses of the answers on a connection, without interim ones. */
export function statusesOf(received) {
  return [...received.matchAll(/HTTP\/1\.1 ([2-5]\d\d)/g)].map(([, status]) => Number(status))
}
