import { afterAll, beforeAll, expect, test } from 'vitest'
import { samplesOf } from '../../fixtures/page-points.js'
import { runAndScrape } from '../../fixtures/run-and-scrape.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

// Applications without Quipu. Each sends requests to itself, then prints the results.

interface Application {
  readonly imports: readonly (readonly [binding: string, specifier: string])[]
  readonly body: string
  /** Expected output of the application, with and without Quipu. */
  readonly output: string
  /** The line at start. */
  readonly found: RegExp
  /** Activity lines. */
  readonly lines?: readonly string[]
  /** Samples of `/custom_metrics`. */
  readonly samples?: { readonly [series: string]: number }
}

const listening = `const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve('http://127.0.0.1:' + server.address().port)))`

const form = `
  const data = new FormData()
  data.append('secret-field', 'secret-value')
  data.append('a', new Blob(['x'.repeat(200_000)], { type: 'application/pdf' }), 'secret-a.pdf')
  data.append('b', new Blob(['secret-content'], { type: 'text/plain' }), 'secret-b.txt')
  console.log(await (await fetch(base, { method: 'POST', body: data })).text())`
const uploaded = {
  output: '[200000,14]\n',
  lines: [
    'file_upload file_size=200000 content_type=application/pdf',
    'file_upload file_size=14 content_type=text/plain',
  ],
}

const visits = `
  const ask = async (path, cookie = '') => {
    const response = await fetch(base + path, { headers: { cookie } })
    await response.text()
    return response.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  const first = await ask('/login')
  await ask('/login')
  await ask('/login', first)
  await ask('/login')
  await ask('/logout', first)
  console.log('visited')`
const visited = { output: 'visited\n', samples: { app_active_sessions: 2 } }
const secret = `'a secret key that is longer than thirty-two characters'`

const webSockets = `
  const client = new WebSocket(base.replace('http', 'ws') + '/')
  client.on('open', () => client.send('secret'.repeat(100)))
  console.log(await new Promise((resolve) => client.on('close', resolve)))`

const applications: { readonly [name: string]: Application } = {
  'express-session': {
    imports: [
      ['express', 'express'],
      ['session', 'express-session'],
    ],
    body: `const app = express()
  app.use(session({ secret: ${secret}, resave: false, saveUninitialized: false, cookie: { maxAge: 60_000 } }))
  app.get('/login', (request, response) => { request.session.user = 'secret'; response.send('in') })
  app.get('/logout', (request, response) => request.session.destroy(() => response.send('out')))
  const base = await listening(createServer(app))
  ${visits}`,
    found: / · sessions express-session \d/,
    ...visited,
  },
  '@fastify/session': {
    imports: [
      ['fastify', 'fastify'],
      ['cookie', '@fastify/cookie'],
      ['session', '@fastify/session'],
    ],
    body: `const app = fastify()
  await app.register(cookie)
  await app.register(session, { secret: ${secret}, cookie: { secure: false }, saveUninitialized: false })
  app.get('/login', async (request) => { request.session.user = 'secret'; return 'in' })
  app.get('/logout', async (request) => { await request.session.destroy(); return 'out' })
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  ${visits}`,
    found: / · sessions @fastify\/session \d/,
    ...visited,
  },
  multer: {
    imports: [
      ['express', 'express'],
      ['multer', 'multer'],
    ],
    body: `const app = express()
  app.post('/', multer().any(), (request, response) => response.json(request.files.map(({ size }) => size)))
  const base = await listening(createServer(app))
  ${form}`,
    found: / · uploads busboy \d/,
    ...uploaded,
  },
  busboy: {
    imports: [['busboy', 'busboy']],
    body: `const base = await listening(createServer((request, response) => {
    const sizes = []
    const parser = busboy({ headers: request.headers })
    parser.on('file', (name, file) => { let size = 0; file.on('data', (data) => { size += data.length }).on('end', () => sizes.push(size)) })
    parser.on('close', () => response.end(JSON.stringify(sizes)))
    request.pipe(parser)
  }))
  ${form}`,
    found: /uploads busboy \d/,
    ...uploaded,
  },
  '@fastify/multipart': {
    imports: [
      ['fastify', 'fastify'],
      ['multipart', '@fastify/multipart'],
    ],
    body: `const app = fastify()
  await app.register(multipart)
  app.post('/', async (request) => {
    const sizes = []
    for await (const file of request.files()) sizes.push((await file.toBuffer()).length)
    return sizes
  })
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  ${form}`,
    found: / · uploads @fastify\/busboy \d/,
    ...uploaded,
  },
  formidable: {
    imports: [['{ formidable }', 'formidable']],
    body: `const base = await listening(createServer(async (request, response) => {
    const [, files] = await formidable({}).parse(request)
    response.end(JSON.stringify(Object.values(files).flatMap((all) => all.map(({ size }) => size))))
  }))
  ${form}`,
    found: /uploads formidable \d/,
    ...uploaded,
  },
  s3: {
    imports: [['{ PutObjectCommand, S3 }', '@aws-sdk/client-s3']],
    body: `const endpoint = await listening(createServer((request, response) => request.resume().on('end', () => response.end())))
  const credentials = { accessKeyId: 'a', secretAccessKey: 'secret' }
  const client = new S3({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  const object = { Bucket: 'secret-bucket', Key: 'u/uploads/secret.png', Body: Buffer.alloc(2048), ContentType: 'image/png' }
  await client.send(new PutObjectCommand(object))
  await client.putObject({ ...object, Key: 'secret', Body: 'abc' })
  client.destroy()
  console.log('stored')`,
    output: 'stored\n',
    found: /storage @aws-sdk\/client-s3 3/,
    lines: [
      'file_stored file_size=2048 content_type=image/png category=uploads',
      'file_stored file_size=3 content_type=image/png category=other',
    ],
  },
  errors: {
    imports: [['express', 'express']],
    body: `const app = express().set('env', 'test')
  app.get('/broken', () => { throw new RangeError('secret') })
  const base = await listening(createServer(app))
  console.log((await fetch(base + '/broken')).status)`,
    output: '500\n',
    found: /http express 5/,
    lines: ['error error_type=unexpected'],
  },
  nest: {
    imports: [
      ['', 'reflect-metadata'],
      ['{ Controller, Get, Module }', '@nestjs/common'],
      ['{ NestFactory }', '@nestjs/core'],
    ],
    body: `class Site { fail() { throw new RangeError('secret') } }
  Get('fail')(Site.prototype, 'fail', Object.getOwnPropertyDescriptor(Site.prototype, 'fail'))
  Controller()(Site)
  class App {}
  Module({ controllers: [Site] })(App)
  const app = await NestFactory.create(App, { logger: false })
  await app.listen(0, '127.0.0.1')
  console.log((await fetch('http://127.0.0.1:' + app.getHttpServer().address().port + '/fail')).status)`,
    output: '500\n',
    found: /http .*@nestjs\/core 11/,
    lines: ['error error_type=unexpected'],
  },
  ws: {
    imports: [['{ WebSocket, WebSocketServer }', 'ws']],
    body: `const server = createServer()
  const sockets = new WebSocketServer({ server, maxPayload: 100 })
  sockets.on('connection', (socket) => socket.on('error', () => undefined))
  const base = await listening(server)
  ${webSockets}`,
    output: '1009\n',
    found: /sockets ws 8/,
    lines: ['error error_type=validation'],
  },
  'socket.io': {
    imports: [
      ['{ Server }', 'socket.io'],
      ['{ WebSocket }', 'ws'],
    ],
    body: `const server = createServer()
  new Server(server, { maxHttpBufferSize: 100 })
  const base = await listening(server) + '/socket.io/?EIO=4&transport=websocket'
  ${webSockets.replace(" + '/'", '')}`,
    output: '1009\n',
    found: /sockets ws 8/,
    lines: ['error error_type=validation'],
  },
  'express-ws': {
    imports: [
      ['express', 'express'],
      ['expressWs', 'express-ws'],
      ['{ WebSocket }', 'ws'],
    ],
    body: `const app = express()
  const { getWss } = expressWs(app, undefined, { wsOptions: { maxPayload: 100 } })
  app.ws('/', (socket) => socket.on('error', () => undefined))
  const base = await new Promise((resolve) => { const server = app.listen(0, '127.0.0.1', () => resolve('http://127.0.0.1:' + server.address().port)) })
  ${webSockets}
  getWss().close()`,
    output: '1009\n',
    found: /sockets ws 7.*/,
    lines: ['error error_type=validation'],
  },
}

function sourceOf(kind: 'mjs' | 'cjs', { imports, body }: Application): string {
  const load =
    kind === 'mjs' ? (what: string, from: string) => `import ${what === '' ? '' : `${what} from `}'${from}'` : requireOf
  return `${[...imports, ['{ createServer }', 'node:http'] as const].map(([what, from]) => load(what, from)).join('\n')}
${listening}
async function main() {
  ${body}
  console.log('served')
  process.once('SIGTERM', () => process.exit(0))
  setInterval(() => undefined, 1000)
}
main().catch((error) => { console.error(error); process.exit(1) })
`
}

function requireOf(what: string, from: string): string {
  return `${what === '' ? '' : `const ${what} = `}require('${from}')`
}

let apps: AppFolder

beforeAll(async () => {
  apps = await createAppFolder()
  for (const [name, application] of Object.entries(applications)) {
    for (const kind of ['mjs', 'cjs'] as const) {
      apps.write(`${name.replace('/', '-')}.${kind}`, sourceOf(kind, application))
    }
  }
}, 120_000)
afterAll(() => apps.remove())

const names = Object.keys(applications).flatMap((name) => [`${name}.mjs`, `${name}.cjs`])
const run = (name: string, env: NodeJS.ProcessEnv = {}) =>
  runAndScrape(apps, name.replace('/', '-'), { FEATURE_METRICS_LOGGING_ENABLED: 'true', ...env })
const applicationOf = (name: string): Application => applications[name.slice(0, -4)] as Application
/** The output of an application without its activity lines. */
const split = (stdout: string) => ({
  output: stdout.replace(/^\[METRIC\].*\n/gm, ''),
  lines: [...stdout.matchAll(/^\[METRIC\] \[unknown\] (.*)$/gm)].map(([, line]) => line),
})

test.each(names)(
  '%s, unchanged: what it does beside its requests is reported, without names, keys and ids',
  async (name) => {
    const { output, found, lines = [], samples = {} } = applicationOf(name)
    const { code, stdout, stderr, custom, standard } = await run(name)
    expect(split(stdout)).toEqual({ output: `${output}served\n`, lines })
    expect(stderr).toMatch(found)
    expect(Object.fromEntries([...samplesOf(custom)].filter(([series]) => series in samples))).toEqual(samples)
    expect(custom + standard + stdout + stderr).not.toContain('secret')
    expect(code).toBe(0)
  },
)

test.each(['express-session.cjs', 'busboy.mjs', 's3.cjs', 'ws.mjs'])(
  '%s, with its kind turned off: it runs as before, and nothing of it is reported',
  async (name) => {
    const { output, found } = applicationOf(name)
    const { stdout, stderr, custom } = await run(name, { QUIPU_REPORTS: 'jobs' })
    expect(split(stdout)).toEqual({ output: `${output}served\n`, lines: [] })
    expect(stderr).not.toMatch(found)
    expect(samplesOf(custom).get('app_active_sessions')).toBe(0)
  },
)
