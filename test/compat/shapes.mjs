import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../packaging/pack.mjs'
import { sendShape, shapes, statusesOf } from './request-shapes.mjs'
import { freePort, startServed, withCounts } from './served.mjs'

const NONE = 'unmatched'
const USER = '/users/:id'
const LEFT_BODY = 'a client that leaves within its body'
/** With these a framework, or Node, answers what no route has. */
const refusals = [400, 404, 405, 414, 417, 501]

const numbers = (template) => ({ '/numbers/:number': template })
const expression = numbers('/^\\\\/numbers\\\\/(\\\\d+)$/')
/** Of frameworks that read the body before there is a route. */
const readFirst = { [LEFT_BODY]: [['POST', NONE, 499]] }

/** Of frameworks that have no way to hand a response over. */
const unheld = { 'a client that leaves an answer that the framework has handed over': [['GET', NONE]] }
/** Of Nest 11: its stream of events does not end, so that the client leaves. */
const endless = { 'GET /ticks': [['GET', '/ticks', 499]] }
/** Of Nest: a pipe refuses the parameter. */
const piped = { 'GET /piped/secret': [['GET', '/piped/:id', 400]] }

/**
 * The frameworks, each with the templates that it declares in other words than Express, and what it does with some shapes: the
 * route and status that are counted.
 */
const frameworks = {
  current: {
    express: { templates: { ...expression, '/files/*': '/files/*path' }, others: readFirst },
    fastify: { templates: numbers('/numbers/:number(^\\\\d+$)') },
    koa: { templates: { ...expression, '/files/*': '/files/*path' } },
    hono: { templates: numbers('/numbers/:number{[0-9]+}') },
    h3: { templates: { ...numbers('/numbers/:number(\\\\d+)'), '/files/*': '/files/**' }, others: unheld },
    elysia: {
      others: unheld,
      on: {
        // Bun's router, which knows the routes of Elysia, has none for a request without a host.
        bun: { ...unheld, 'HTTP/1.0': [['GET', NONE, 200]] },
        deno: { ...unheld, [LEFT_BODY]: [['POST', '/users/:id', 400]] },
      },
    },
    hapi: {
      templates: {
        '/users/:id': '/users/{id}',
        '/shops/:shop/items/:item': '/shops/{shop}/items/{item}',
        '/shops/:shop/fail/:item': '/shops/{shop}/fail/{item}',
        '/files/*': '/files/{path*}',
        '/guarded/:id': '/guarded/{id}',
      },
    },
    restify: {
      templates: numbers('/numbers/:number(^\\\\d+$)'),
      // It keeps such a connection, and answers nothing.
      others: { 'another protocol that nothing serves': [] },
    },
    nest: {
      templates: { '/files/*': '/files/*path' },
      others: { ...readFirst, ...piped },
      on: { bun: endless, deno: endless },
    },
    node: {},
  },
  older: {
    express: {
      templates: { ...expression, '/either': '/either|/or', '/or': '/either|/or' },
      others: { ...readFirst, 'a part that a file has not': [['GET', NONE]] },
    },
    fastify: { templates: numbers('/numbers/:number(^\\\\d+$)') },
    koa: { templates: { ...expression, '/files/*': '/files/(.*)' } },
    nest: { others: { ...readFirst, ...piped } },
  },
}

/** What the HTTP server of Bun refuses by itself. */
const refusedByBun = { 'OPTIONS *': [], 'no Host': [], 'an expectation that nothing meets': [] }
/** Handlers of fetch have no response to hand over. */
const answered = { 'a client that leaves an answer that the framework has handed over': [['GET', '/held']] }

/**
 * The runtimes: how a program is run with `register` and without, what their HTTP servers do with some shapes, and those of
 * `Bun.serve` and `Deno.serve`.
 */
const runtimes = {
  node: { run: (register) => (register === undefined ? [] : ['--import', register]), others: {}, fetchOthers: {} },
  bun: {
    run: (register) => (register === undefined ? [] : ['--preload', register]),
    others: refusedByBun,
    fetchOthers: {
      ...refusedByBun,
      ...answered,
      'an expectation that nothing meets': [['GET', USER]],
      'a path of other characters': [['GET', USER]],
      // It closes the connection when the second arrives.
      'three requests at once': [['GET', '/slow', 499]],
      CONNECT: [['CONNECT', NONE]],
    },
  },
  deno: {
    run: (register) => [
      'run',
      '--no-prompt',
      '--allow-all',
      ...(register === undefined ? [] : ['--preload', register]),
    ],
    others: {},
    fetchOthers: {
      ...answered,
      'an expectation that nothing meets': [['GET', USER]],
      'no Host': [['GET', USER]],
      'HTTP/1.0': [['GET', USER, 200]],
      'a path of other characters': [['GET', USER]],
      'an unknown method': [['OTHER', NONE]],
      'a head that is too large': [['GET', NONE]],
      CONNECT: [['CONNECT', NONE]],
      // A handler learns that its client has left only with a warning on stderr.
      'a client that leaves before the answer': [],
      [LEFT_BODY]: [['POST', USER, 500]],
    },
    // Imported modules are not seen.
    env: { ADAPTER: '1' },
  },
}

/** The frameworks of other runtimes than Node. */
export const portable = ['node', 'express', 'fastify', 'koa', 'nest', 'hono', 'elysia']
/** Those that other runtimes serve by a handler of fetch. */
const fetchFrameworks = ['hono', 'elysia']

/**
 * Sends odd requests to a server of each framework without Quipu and with it: what is counted is exact, and every byte of the
 * answers is the same.
 * @param {{ name: 'node' | 'bun' | 'deno', program: string }} runtime
 * @param {string} folder where the packages are installed
 * @param {'current' | 'older'} installed
 */
export async function checkShapes(runtime, folder, installed, names = Object.keys(frameworks[installed])) {
  cpSync(join(root, 'test', 'compat', 'shapes'), join(folder, 'shapes'), { recursive: true })
  const failures = []
  const outcomes = {}
  for (const name of names) {
    const found = await check(runtime, folder, name, frameworks[installed][name]).catch((error) => [
      String(error?.stack ?? error),
    ])
    outcomes[installed === 'older' ? `${name}, older` : name] = found.length === 0
    failures.push(...found.map((each) => `${name}: ${each}`))
  }
  const failed = failures.length
  return { passed: names.length * (shapes.length + 1) - failed, failed, output: failures.join('\n\n'), outcomes }
}

async function check({ name: runtimeName, program }, folder, name, framework) {
  const { run: flagsOf, others, fetchOthers, env } = runtimes[runtimeName]
  const bare = await run(program, flagsOf(), folder, name)
  const ofRuntime = fetchFrameworks.includes(name) ? fetchOthers : others
  const known = { ...framework, others: { ...framework.others, ...ofRuntime, ...framework.on?.[runtimeName] } }
  const expected = expectedOf(known, bare.answers, name === 'node')
  const register = join(folder, 'node_modules', '@quipu', 'sdk', 'dist', 'register.js')
  const observed = await run(program, flagsOf(register), folder, name, expected, env)
  // `Deno.serve` writes the names of headers as a response has them, which keeps them in lower case.
  const written = (answer) =>
    runtimeName === 'deno' ? answer.replaceAll(/^[\w-]+(?=: )/gm, (name) => name.toLowerCase()) : answer
  const failures = shapes.flatMap((shape, i) =>
    written(observed.answers[i]) === written(bare.answers[i])
      ? []
      : [`${shape.name} was answered\n${observed.answers[i]}\nwithout Quipu\n${bare.answers[i]}`],
  )
  const wrong = differences(observed.counts, expected)
  if (wrong.length > 0) failures.push(`counted, expected\n${wrong.join('\n')}\n${observed.output}`)
  return failures
}

/** How the requests of all shapes are counted where these are the answers. */
function expectedOf({ templates = {}, others = {} }, answers, hasNoRoutes) {
  const counts = {}
  shapes.forEach((shape, i) => {
    const statuses = statusesOf(answers[i])
    for (const [method, declared, given] of others[shape.name] ?? shape.requests) {
      const status = given ?? statuses.shift()
      const isRefused = given === undefined && refusals.includes(status) && declared !== '/gone'
      const route = hasNoRoutes || isRefused ? NONE : (templates[declared] ?? declared)
      const key = `${route} ${method} ${status}`
      counts[key] = (counts[key] ?? 0) + 1
    }
  })
  return counts
}

function differences(counts, expected) {
  const keys = new Set([...Object.keys(counts), ...Object.keys(expected)])
  return [...keys]
    .filter((key) => counts[key] !== expected[key])
    .map((key) => `${key}: ${counts[key]}, ${expected[key]}`)
}

async function run(program, flags, folder, name, expected, env) {
  const port = await freePort()
  const server = await startServed({
    program,
    args: [...flags, join(folder, 'shapes', `${name}.mjs`)],
    cwd: folder,
    env: { PORT: String(port), ...env },
    port,
  })
  try {
    const answers = []
    for (const shape of shapes) {
      const received = await sendShape(port, shape)
      answers.push(received.replaceAll(/^date: .*$/gim, 'date'))
    }
    const counted = expected === undefined ? {} : await withCounts(server, expected)
    return { answers, output: server.output(), ...counted }
  } finally {
    await server.end()
  }
}
