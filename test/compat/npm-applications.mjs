// Unchanged third-party applications from npm, and starters from the generators of frameworks.

/** The folder of installed packages, relative to the folder of a run. */
const installed = (file) => `../../node_modules/${file}`

const verdaccioConfig = `storage: ./storage
packages:
  '**': { access: $all, publish: $all }
log: { type: stdout, format: pretty, level: fatal }
`

const mockedRoute = {
  uuid: 'route',
  type: 'http',
  method: 'get',
  endpoint: 'users/:id',
  responses: [
    {
      uuid: 'response',
      body: '{"id":"{{urlParam \'id\'}}"}',
      latency: 0,
      statusCode: 200,
      headers: [],
      default: true,
      rules: [],
      rulesOperator: 'OR',
    },
  ],
}

const mockedServer = {
  uuid: 'mock',
  lastMigration: 33,
  name: 'mock',
  endpointPrefix: '',
  latency: 0,
  port: 3000,
  hostname: '127.0.0.1',
  folders: [],
  routes: [mockedRoute],
  rootChildren: [{ type: 'route', uuid: 'route' }],
  proxyMode: false,
  cors: true,
  headers: [],
  data: [],
}

/** A starter of create-better-t-stack with this framework on Node, and nothing else that the generator knows. */
const stack = (backend) => [
  installed('create-better-t-stack/dist/cli.mjs'),
  'create',
  'starter',
  ...['--backend', backend, '--runtime', 'node', '--package-manager', 'npm', '--no-git', '--no-install'],
  ...['frontend', 'database', 'orm', 'api', 'auth', 'payments', 'addons', 'examples'].flatMap((part) => [
    `--${part}`,
    'none',
  ]),
  ...['db-setup', 'web-deploy', 'server-deploy'].flatMap((part) => [`--${part}`, 'none']),
]

/** Replaces the port that a starter has in its source. */
const withPort = (file) => [
  '--eval',
  `const text = fs.readFileSync('${file}', 'utf8')
   fs.writeFileSync('${file}', text.replace('3000', 'Number(process.env.PORT)'))`,
]

/** The starter of a generator that downloads its templates is the one of create-better-t-stack, which brings them along. */
const stackStarter = (name, backend) => ({
  name: `the ${name} starter of create-better-t-stack`,
  prepare: [
    stack(backend),
    [installed('varlock/bin/cli.js'), 'codegen', '--path', './starter/apps/server/'],
    withPort('starter/apps/server/src/index.ts'),
  ],
  folder: 'starter/apps/server',
  start: () => ['--import', 'tsx', 'src/index.ts'],
  requests: [
    ['GET', '/?token=secret', '/ GET 200'],
    ['HEAD', '/', '/ HEAD 200'],
    ['GET', '/secret', 'unmatched GET 404'],
  ],
})

/** An application of which each version runs on some versions of Node. */
const nodeRed = (folder, of) => ({
  ...of,
  start: (port) => [installed(`${folder}/red.js`), '-p', port, '-u', '.'],
  ready: 'Started flows',
  requests: [
    ['GET', '/', '/ GET 200'],
    ['GET', '/flows', '/flows GET 200'],
    ['GET', '/nodes/secret', '/^\\\\/nodes\\\\/((@[^\\\\/]+\\\\/)?[^\\\\/]+)$/ GET 404'],
    ['GET', '/red/red.min.js', 'unmatched GET 200'],
    ['GET', '/secret', 'unmatched GET 404'],
  ],
})

const verdaccio = (folder, of) => ({
  ...of,
  files: { 'config.yaml': verdaccioConfig },
  start: (port) => [installed(`${folder}/bin/verdaccio`), '--config', 'config.yaml', '--listen', `127.0.0.1:${port}`],
  requests: [
    ['GET', '/-/ping', '/-/ping GET 200'],
    ['GET', '/-/v1/search?text=secret', '/-/v1/search GET 200'],
    ['GET', '/@secret%2fsecret', '/:package/:version? GET 404'],
    ['GET', '/secret/-/secret-1.0.0.tgz', '/:package/-/:filename GET 404'],
    // It sets the URL back to the whole path within the router that it mounts at `/-/verdaccio/`.
    ['GET', '/-/verdaccio/data/packages', '/-/verdaccio/data/packages GET 200'],
    ['GET', '/-/verdaccio/data/search/secret', '/-/verdaccio/data/search/:anything GET 200'],
    ['GET', '/-/web/detail/secret', '/-/web/* GET 200'],
  ],
})

/** Versions of the applications and generators, and of the starters' dependencies. */
export const applicationDependencies = {
  '@elysiajs/cors': '1.4.2',
  '@elysiajs/node': '1.4.5',
  '@fastify/autoload': '6.5.0',
  '@fastify/sensible': '6.0.6',
  '@hono/node-server': '2.1.9',
  '@mockoon/cli': '9.9.0',
  '@nestjs/cli': '12.0.8',
  '@nestjs/common': '12.5.1',
  '@nestjs/core': '12.5.1',
  '@nestjs/platform-express': '12.5.1',
  '@nestjs/schematics': '12.0.6',
  '@sinclair/typebox': '0.34.52',
  '@types/node': '24.19.4',
  'cookie-parser': '1.4.7',
  'create-better-t-stack': '3.44.1',
  'create-next-app': '16.4.3',
  debug: '2.6.9',
  elysia: '1.4.30',
  express: '4.16.4',
  'express-generator': '4.16.1',
  fastify: '5.12.8',
  'fastify-cli': '8.0.2',
  'fastify-plugin': '6.0.1',
  hono: '4.13.19',
  'http-server': '14.1.1',
  'json-server': '0.17.4',
  koa: '2.16.4',
  'koa-bodyparser': '4.4.1',
  'koa-convert': '1.2.0',
  'koa-generator': '1.1.17',
  'koa-json': '2.0.2',
  'koa-logger': '3.2.1',
  'koa-onerror': '4.2.0',
  'koa-router': '7.4.0',
  'koa-static': '5.0.0',
  'koa-views': '6.3.1',
  morgan: '1.9.1',
  next: '16.4.3',
  'node-red': '5.0.7',
  'node-red-4': 'npm:node-red@4.1.8',
  pug: '2.0.4',
  react: '19.3.0',
  'react-dom': '19.3.0',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  tsx: '4.23.13',
  typescript: '6.0.3',
  varlock: '1.18.0',
  verdaccio: '6.10.4',
  'verdaccio-6-5': 'npm:verdaccio@6.5.0',
  zod: '4.6.7',
}

/**
 * @typedef {object} Application
 * @property {string} name
 * @property {'node-20' | 'node-24'} [runsOn] the only version of Node of the matrix that it supports
 * @property {Record<string, string>} [files] the files in its folder, by name
 * @property {readonly (readonly string[])[]} [prepare] programs that create it, each a file and its arguments
 * @property {string} [folder] folder that a generator creates
 * @property {(port: string) => readonly string[]} start its own program and arguments
 * @property {string} [ready] what it prints when it can respond, if it listens before
 * @property {readonly (readonly [method: string, path: string, counted: string])[]} requests requests with the expected endpoint
 */

/** @type {readonly Application[]} */
export const applications = [
  {
    name: 'json-server 0.17',
    files: { 'db.json': JSON.stringify({ posts: [{ id: 1, title: 'one' }], profile: { name: 'one' } }) },
    start: (port) => [
      installed('json-server/lib/cli/bin.js'),
      'db.json',
      '--port',
      port,
      '--host',
      '127.0.0.1',
      '--quiet',
    ],
    requests: [
      ['GET', '/posts?q=secret', '/posts GET 200'],
      ['GET', '/posts/1', '/posts/:id GET 200'],
      ['GET', '/posts/secret', '/posts/:id GET 404'],
      ['GET', '/profile', '/profile GET 200'],
      ['POST', '/posts', '/posts POST 201'],
      ['GET', '/', 'unmatched GET 200'],
      ['GET', '/secret', 'unmatched GET 404'],
    ],
  },
  {
    name: 'http-server 14',
    files: { 'secret.txt': 'text' },
    start: (port) => [installed('http-server/bin/http-server'), '.', '-p', port, '-a', '127.0.0.1', '-s'],
    // It declares no routes.
    requests: [
      ['GET', '/secret.txt', 'unmatched GET 200'],
      ['HEAD', '/secret.txt', 'unmatched HEAD 200'],
      ['GET', '/secret', 'unmatched GET 404'],
    ],
  },
  {
    name: 'mockoon 9',
    files: { 'mock.json': JSON.stringify(mockedServer) },
    start: (port) => [
      installed('@mockoon/cli/bin/run.js'),
      'start',
      '--data',
      'mock.json',
      '--port',
      port,
      '--disable-log-to-file',
    ],
    // It has one route for all paths.
    requests: [
      ['GET', '/users/secret', '* GET 200'],
      ['GET', '/secret', '* GET 404'],
    ],
  },
  nodeRed('node-red', { name: 'node-red 5', runsOn: 'node-24' }),
  nodeRed('node-red-4', { name: 'node-red 4', runsOn: 'node-20' }),
  verdaccio('verdaccio', { name: 'verdaccio 6', runsOn: 'node-24' }),
  verdaccio('verdaccio-6-5', { name: 'verdaccio 6.5', runsOn: 'node-20' }),
  {
    name: 'the starter of fastify-cli',
    prepare: [[installed('fastify-cli/cli.js'), 'generate', 'starter', '--esm']],
    folder: 'starter',
    start: (port) => [`../${installed('fastify-cli/cli.js')}`, 'start', '-p', port, 'app.js'],
    requests: [
      ['GET', '/?token=secret', '/ GET 200'],
      ['GET', '/example', '/example GET 200'],
      ['GET', '/secret', 'unmatched GET 404'],
    ],
  },
  {
    name: 'the starter of express-generator',
    prepare: [[installed('express-generator/bin/express-cli.js'), '--no-view', 'starter']],
    folder: 'starter',
    start: () => ['bin/www'],
    requests: [
      ['GET', '/?token=secret', 'unmatched GET 200'],
      ['GET', '/users', '/users GET 200'],
      ['GET', '/secret', 'unmatched GET 404'],
    ],
  },
  {
    name: 'the starter of koa-generator',
    prepare: [[installed('koa-generator/bin/koa2'), 'starter']],
    folder: 'starter',
    start: () => ['bin/www'],
    requests: [
      ['GET', '/?token=secret', '/ GET 200'],
      ['GET', '/json', '/json GET 200'],
      ['GET', '/users', '/users/ GET 200'],
      ['GET', '/users/bar', '/users/bar GET 200'],
      ['HEAD', '/string', '/string HEAD 200'],
      ['GET', '/stylesheets/style.css', 'unmatched GET 200'],
      ['GET', '/users/secret', 'unmatched GET 404'],
    ],
  },
  stackStarter('Hono', 'hono'),
  stackStarter('Elysia', 'elysia'),
  {
    name: 'the starter of create-next-app',
    prepare: [
      [
        installed('create-next-app/dist/index.js'),
        'starter',
        ...['--js', '--app', '--empty', '--no-tailwind', '--no-linter', '--no-src-dir'],
        ...['--skip-install', '--disable-git', '--use-npm', '--yes'],
      ],
      // Its other bundler wants the packages in this folder.
      [installed('next/dist/bin/next'), 'build', '--webpack', 'starter'],
    ],
    folder: 'starter',
    start: (port) => [`../${installed('next/dist/bin/next')}`, 'start', '-p', port, '-H', '127.0.0.1'],
    requests: [
      ['GET', '/?token=secret', '/ GET 200'],
      ['HEAD', '/', '/ HEAD 200'],
      ['GET', '/secret', 'unmatched GET 404'],
      ['GET', '/_next/static/secret.js', '/_next/static GET 404'],
    ],
  },
  {
    name: 'the starter of Nest',
    prepare: [
      [
        installed('@nestjs/cli/bin/nest.js'),
        'new',
        'starter',
        '--skip-install',
        '--skip-git',
        '--package-manager',
        'npm',
      ],
      [installed('typescript/bin/tsc'), '-p', 'starter/tsconfig.build.json', '--types', 'node'],
    ],
    folder: 'starter',
    start: () => ['dist/main.js'],
    requests: [
      ['GET', '/?token=secret', '/ GET 200'],
      ['GET', '/secret', 'unmatched GET 404'],
    ],
  },
]
