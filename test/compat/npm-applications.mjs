// Applications that others wrote, from npm, and starters from the generators of frameworks, as they are.

/** Where the packages are installed, as a run in a folder of its own sees it. */
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

/** The versions of the applications and generators, and what the starters depend on. */
export const applicationDependencies = {
  '@fastify/autoload': '6.5.0',
  '@fastify/sensible': '6.0.6',
  '@mockoon/cli': '9.9.0',
  '@nestjs/cli': '12.0.8',
  '@nestjs/common': '12.5.1',
  '@nestjs/core': '12.5.1',
  '@nestjs/platform-express': '12.5.1',
  '@nestjs/schematics': '12.0.6',
  '@types/node': '24.19.4',
  'cookie-parser': '1.4.7',
  debug: '2.6.9',
  express: '4.16.4',
  'express-generator': '4.16.1',
  fastify: '5.12.8',
  'fastify-cli': '8.0.2',
  'fastify-plugin': '6.0.1',
  'http-server': '14.1.1',
  'json-server': '0.17.4',
  morgan: '1.9.1',
  'node-red': '5.0.7',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  typescript: '6.0.3',
  verdaccio: '6.10.4',
}

/**
 * @typedef {object} Application
 * @property {string} name
 * @property {boolean} [needsNode22]
 * @property {Record<string, string>} [files] what is in its folder, by name
 * @property {readonly (readonly string[])[]} [prepare] programs that make it, each a file and its arguments
 * @property {string} [folder] where a generator puts it
 * @property {(port: string) => readonly string[]} start its own program and arguments
 * @property {readonly (readonly [method: string, path: string, counted: string])[]} requests how each is counted
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
    // It has no routes.
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
    // It matches within one route for all paths.
    requests: [
      ['GET', '/users/secret', '* GET 200'],
      ['GET', '/secret', '* GET 404'],
    ],
  },
  {
    name: 'node-red 5',
    needsNode22: true,
    start: (port) => [installed('node-red/red.js'), '-p', port, '-u', '.'],
    requests: [
      ['GET', '/', '/ GET 200'],
      ['GET', '/flows', '/flows GET 200'],
      ['GET', '/nodes/secret', '/^\\\\/nodes\\\\/((@[^\\\\/]+\\\\/)?[^\\\\/]+)$/ GET 404'],
      ['GET', '/red/red.min.js', 'unmatched GET 200'],
      ['GET', '/secret', 'unmatched GET 404'],
    ],
  },
  {
    name: 'verdaccio 6',
    needsNode22: true,
    files: { 'config.yaml': verdaccioConfig },
    start: (port) => [installed('verdaccio/bin/verdaccio'), '--config', 'config.yaml', '--listen', `127.0.0.1:${port}`],
    requests: [
      ['GET', '/-/ping', '/-/ping GET 200'],
      ['GET', '/-/v1/search?text=secret', '/-/v1/search GET 200'],
      ['GET', '/@secret%2fsecret', '/:package/:version? GET 404'],
      ['GET', '/secret/-/secret-1.0.0.tgz', '/:package/-/:filename GET 404'],
    ],
  },
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
