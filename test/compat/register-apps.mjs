// Small applications without Quipu, one for each framework and client, as ES module and as CommonJS.

/** Packages and versions of each application. */
export const dependencies = {
  current: {
    '@anthropic-ai/sdk': '1.14.0',
    '@aws-sdk/client-s3': '3.1164.0',
    '@elysiajs/node': '1.4.5',
    '@fastify/cookie': '11.1.5',
    '@fastify/multipart': '10.1.9',
    '@fastify/session': '11.1.3',
    '@hapi/hapi': '21.4.10',
    '@hono/node-server': '2.1.9',
    '@koa/router': '15.7.0',
    '@nestjs/common': '12.5.1',
    '@nestjs/core': '12.5.1',
    '@nestjs/platform-express': '12.5.1',
    '@trpc/server': '11.25.2',
    axios: '1.21.1',
    elysia: '1.4.30',
    express: '5.3.0',
    'express-session': '1.19.0',
    fastify: '5.12.8',
    formidable: '3.5.4',
    got: '14.6.5',
    graphql: '16.15.0',
    'graphql-yoga': '5.24.1',
    h3: '2.0.8',
    hono: '4.13.19',
    koa: '3.3.0',
    multer: '2.5.0',
    openai: '7.57.0',
    'reflect-metadata': '0.2.2',
    restify: '12.0.0',
    rxjs: '7.8.2',
    undici: '7.16.0',
    ws: '8.23.0',
  },
  older: {
    '@koa/router': '12.0.2',
    '@nestjs/common': '10.4.22',
    '@nestjs/core': '10.4.22',
    '@nestjs/platform-express': '10.4.22',
    express: '4.22.3',
    fastify: '4.29.1',
    koa: '2.16.4',
    openai: '4.104.0',
    'reflect-metadata': '0.2.2',
    rxjs: '7.8.2',
  },
}

const listen = `await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = 'http://127.0.0.1:' + server.address().port`
const expressApp = `const app = express()
  app.get('/users/:id', (req, res) => res.json({ id: req.params.id }))
  const server = createServer(app)
  ${listen}`
const fastifyApp = `const app = fastify()
  app.get('/users/:id', async (request) => ({ id: request.params.id }))
  const base = await app.listen({ port: 0, host: '127.0.0.1' })`

/** Source that serves `/users/:id` with each framework. */
const frameworks = {
  express: { imports: [['express', 'express']], serve: expressApp },
  fastify: { imports: [['fastify', 'fastify']], serve: fastifyApp },
  koa: {
    imports: [
      ['Koa', 'koa'],
      ['routing', '@koa/router'],
    ],
    serve: `const router = new (routing.Router ?? routing)()
  router.get('/users/:id', (context) => { context.body = { id: context.params.id } })
  const server = createServer(new Koa().use(router.routes()).callback())
  ${listen}`,
  },
  hono: {
    imports: [
      ['{ Hono }', 'hono'],
      ['{ serve }', '@hono/node-server'],
    ],
    serve: `const app = new Hono()
  app.get('/users/:id', (context) => context.json({ id: context.req.param('id') }))
  const base = await new Promise((resolve) => serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve('http://127.0.0.1:' + port)))`,
  },
  nest: {
    imports: [
      ['', 'reflect-metadata'],
      ['{ Controller, Get, Module, Param }', '@nestjs/common'],
      ['{ NestFactory }', '@nestjs/core'],
    ],
    serve: `class Users { find(id) { return { id } } }
  Param('id')(Users.prototype, 'find', 0)
  Get('users/:id')(Users.prototype, 'find', Object.getOwnPropertyDescriptor(Users.prototype, 'find'))
  Controller()(Users)
  class App {}
  Module({ controllers: [Users] })(App)
  const app = await NestFactory.create(App, { logger: false })
  await app.listen(0, '127.0.0.1')
  const base = 'http://127.0.0.1:' + app.getHttpServer().address().port`,
  },
  hapi: {
    imports: [['hapi', '@hapi/hapi']],
    serve: `const app = hapi.server({ port: 0, host: '127.0.0.1' })
  app.route({ method: 'GET', path: '/users/{id}', handler: (request) => ({ id: request.params.id }) })
  await app.start()
  const base = app.info.uri`,
    endpoint: '/users/{id}',
  },
  restify: {
    imports: [['restify', 'restify']],
    serve: `const app = restify.createServer()
  app.get('/users/:id', (request, response, next) => { response.send({ id: request.params.id }); next() })
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve))
  const base = 'http://127.0.0.1:' + app.address().port`,
  },
  elysia: {
    imports: [
      ['{ Elysia }', 'elysia'],
      ['{ node }', '@elysiajs/node'],
    ],
    serve: `const app = new Elysia({ adapter: node() }).get('/users/:id', ({ params }) => ({ id: params.id }))
  const { server } = await new Promise((resolve) => app.listen({ port: 0, hostname: '127.0.0.1' }, ({ raw }) => resolve(raw.node)))
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const base = 'http://127.0.0.1:' + server.address().port`,
  },
  h3: {
    imports: [['{ H3, serve }', 'h3']],
    serve: `const app = new H3().get('/users/:id', ({ context }) => ({ id: context.params.id }))
  const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  const base = server.url.replace(/\\/$/, '')`,
  },
  http: {
    imports: [],
    serve: `const server = createServer((request, response) => response.end(JSON.stringify({ id: request.url.slice(7) })))
  ${listen}`,
    endpoint: 'unmatched',
  },
}

const chat = `{ model: 'gpt-4', messages: [{ role: 'user', content: 'secret' }] }`
const completion = `{ id: '1', object: 'chat.completion', model: 'gpt-4', choices: [{ index: 0, message: { role: 'assistant', content: 'secret' }, finish_reason: 'stop' }], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } }`
const message = `{ id: '1', type: 'message', role: 'assistant', model: 'gpt-4', content: [{ type: 'text', text: 'secret' }], stop_reason: 'end_turn', usage: { input_tokens: 12, output_tokens: 3 } }`

/** Source that calls a model with each client. */
const clients = {
  openai: {
    imports: [['OpenAI', 'openai']],
    call: `await new OpenAI({ apiKey: 'x', baseURL: base + '/v1' }).chat.completions.create(${chat})`,
  },
  anthropic: {
    imports: [['Anthropic', '@anthropic-ai/sdk']],
    call: `await new Anthropic({ apiKey: 'x', baseURL: base }).messages.create({ ...${chat}, max_tokens: 9 })`,
    answer: message,
  },
  axios: { imports: [['axios', 'axios']], call: `await axios.post(base + '/v1/chat/completions', ${chat})` },
  got: {
    imports: [['{ got }', 'got']],
    call: `await got.post(base + '/v1/chat/completions', { json: ${chat} }).json()`,
  },
  undici: {
    imports: [['{ request }', 'undici']],
    call: `await (await request(base + '/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(${chat}) })).body.json()`,
  },
  fetch: {
    imports: [],
    call: `await (await fetch(base + '/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(${chat}) })).json()`,
  },
}

const logIn = `await (await fetch(base + '/login')).text()`
const sendFile = `const form = new FormData()
  form.append('a', new Blob(['secret'], { type: 'text/plain' }), 'secret.txt')
  await (await fetch(base, { method: 'POST', body: form })).text()`
const uploaded = '[METRIC] [unknown] file_upload file_size=6 content_type=text/plain'
const sessionSecret = `'a secret key that is longer than thirty-two characters'`

/** Other work of applications, with a sample of the page or an activity line. */
const libraries = {
  'express-session': {
    imports: [
      ['express', 'express'],
      ['session', 'express-session'],
    ],
    body: `const app = express()
  app.use(session({ secret: ${sessionSecret}, resave: false, saveUninitialized: true }))
  app.get('/login', (request, response) => response.send('in'))
  const server = createServer(app)
  ${listen}
  ${logIn}`,
    expected: 'app_active_sessions 1',
  },
  'fastify-session': {
    imports: [
      ['fastify', 'fastify'],
      ['cookie', '@fastify/cookie'],
      ['session', '@fastify/session'],
    ],
    body: `const app = fastify()
  await app.register(cookie)
  await app.register(session, { secret: ${sessionSecret}, cookie: { secure: false } })
  app.get('/login', async () => 'in')
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  ${logIn}`,
    expected: 'app_active_sessions 1',
  },
  multer: {
    imports: [
      ['express', 'express'],
      ['multer', 'multer'],
    ],
    body: `const app = express()
  app.post('/', multer().any(), (request, response) => response.send('in'))
  const server = createServer(app)
  ${listen}
  ${sendFile}`,
    expected: uploaded,
  },
  'fastify-multipart': {
    imports: [
      ['fastify', 'fastify'],
      ['multipart', '@fastify/multipart'],
    ],
    body: `const app = fastify()
  await app.register(multipart)
  app.post('/', async (request) => String((await (await request.file()).toBuffer()).length))
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  ${sendFile}`,
    expected: uploaded,
  },
  formidable: {
    imports: [['{ formidable }', 'formidable']],
    body: `const server = createServer((request, response) => void formidable({}).parse(request).then(() => response.end('in')))
  ${listen}
  ${sendFile}`,
    expected: uploaded,
  },
  s3: {
    imports: [['{ PutObjectCommand, S3Client }', '@aws-sdk/client-s3']],
    body: `const server = createServer((request, response) => request.resume().on('end', () => response.end()))
  ${listen}
  const client = new S3Client({ endpoint: base, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  await client.send(new PutObjectCommand({ Bucket: 'secret', Key: 'u/uploads/secret', Body: 'abc', ContentType: 'text/plain' }))`,
    expected: '[METRIC] [unknown] file_stored file_size=3 content_type=text/plain category=uploads',
  },
  trpc: {
    imports: [
      ['{ initTRPC }', '@trpc/server'],
      ['{ createHTTPServer }', '@trpc/server/adapters/standalone'],
    ],
    body: `const t = initTRPC.create()
  const app = createHTTPServer({ router: t.router({ user: t.procedure.query(() => 'secret') }), createContext: () => ({}) })
  const server = app.server ?? app
  ${listen}
  await (await fetch(base + '/user?input="secret"')).text()`,
    expected: 'app_requests_total{endpoint="user",method="GET",status_code="200"} 1',
  },
  yoga: {
    imports: [['{ createSchema, createYoga }', 'graphql-yoga']],
    body: `const schema = createSchema({ typeDefs: 'type Query { user(id: ID): ID }', resolvers: { Query: { user: () => 'secret' } } })
  const server = createServer(createYoga({ schema, logging: false }))
  ${listen}
  await (await fetch(base + '/graphql?query=' + encodeURIComponent('{ user(id: "secret") }'))).text()`,
    expected: 'feature_usage_total{feature_name="query.user"} 1',
  },
  ws: {
    imports: [['{ WebSocket, WebSocketServer }', 'ws']],
    body: `const server = createServer()
  new WebSocketServer({ server, maxPayload: 1 }).on('connection', (socket) => socket.on('error', () => undefined))
  ${listen}
  const client = new WebSocket(base.replace('http', 'ws'))
  client.on('open', () => client.send('secret'))
  await new Promise((resolve) => client.on('close', resolve))`,
    expected: '[METRIC] [unknown] error error_type=validation',
  },
}

/**
 * @param {'current' | 'older'} installed the set of versions that the application has
 * @returns {readonly { name: string, source: string, expected: readonly string[] }[]} a file's name and text, and expected
 * samples of its pages, or its activity line
 */
export function registerApps(installed) {
  const has = ([, specifier]) => specifier in dependencies[installed]
  const all = [
    ...Object.entries(frameworks).map(([name, { imports, serve, endpoint = '/users/:id' }]) => ({
      name,
      imports,
      body: `${serve}\n  const { id } = await (await fetch(base + '/users/42')).json()\n  if (id !== '42') throw new Error('the answer is wrong')`,
      expected: `app_requests_total{endpoint="${endpoint}",method="GET",status_code="200"} 1`,
    })),
    ...Object.entries(libraries).map(([name, library]) => ({ name, ...library })),
    ...Object.entries(clients).map(([name, { imports, call, answer = completion }]) => ({
      name,
      imports,
      body: `const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json').end(JSON.stringify(${answer}))
  })
  ${listen}
  ${call}`,
      expected: `llm_tokens_total{model="gpt-4",type="input"} 12`,
    })),
  ]
  return programsOf(
    all.filter(({ imports }) =>
      installed === 'current' ? imports.every(has) : imports.length > 0 && imports.every(has),
    ),
  )
}

/** Each application as an ES module and as CommonJS. */
export function programsOf(apps) {
  return apps.flatMap(({ name, imports, body, expected }) =>
    ['mjs', 'cjs'].map((kind) => ({
      name: `${name}.${kind}`,
      source: `${[...imports, ['{ createServer }', 'node:http']].map((each) => load(kind, ...each)).join('\n')}
async function main() {
  ${body}
  console.log('served')
}
main().catch((error) => { console.error(error); process.exit(1) })
`,
      expected: [expected].flat(),
    })),
  )
}

function load(kind, binding, specifier) {
  if (kind === 'cjs') return binding === '' ? `require('${specifier}')` : `const ${binding} = require('${specifier}')`
  return binding === '' ? `import '${specifier}'` : `import ${binding} from '${specifier}'`
}
