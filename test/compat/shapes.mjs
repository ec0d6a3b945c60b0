import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../packaging/pack.mjs'
import { sendShape, shapes, statusesOf } from './request-shapes.mjs'
import { freePort, startServed, withCounts } from './served.mjs'

const NONE = 'unmatched'
/** With these a framework, or Node, answers what no route has. */
const refusals = [400, 404, 405, 414, 417, 501]

const numbers = (template) => ({ '/numbers/:number': template })
const expression = numbers('/^\\\\/numbers\\\\/(\\\\d+)$/')
/** Of frameworks that read the body before there is a route. */
const readFirst = { 'a client that leaves within its body': [['POST', NONE, 499]] }

/** Of frameworks that have no way to hand a response over. */
const unheld = { 'a client that leaves an answer that the framework has handed over': [['GET', NONE]] }
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
    elysia: { others: unheld },
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
    nest: { templates: { '/files/*': '/files/*path' }, others: { ...readFirst, ...piped } },
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

/**
 * Sends odd requests to a server of each framework without Quipu and with it: what is counted is exact, and every byte of the
 * answers is the same.
 * @param {string} node the program
 * @param {string} folder where the packages are installed
 * @param {'current' | 'older'} installed
 */
export async function checkShapes(node, folder, installed, names = Object.keys(frameworks[installed])) {
  cpSync(join(root, 'test', 'compat', 'shapes'), join(folder, 'shapes'), { recursive: true })
  const failures = []
  const outcomes = {}
  for (const name of names) {
    const found = await check(node, folder, name, frameworks[installed][name]).catch((error) => [
      String(error?.stack ?? error),
    ])
    outcomes[installed === 'older' ? `${name}, older` : name] = found.length === 0
    failures.push(...found.map((each) => `${name}: ${each}`))
  }
  const failed = failures.length
  return { passed: names.length * (shapes.length + 1) - failed, failed, output: failures.join('\n\n'), outcomes }
}

async function check(node, folder, name, framework) {
  const bare = await run(node, folder, name, [])
  const expected = expectedOf(framework, bare.answers, name === 'node')
  const register = ['--import', join(folder, 'node_modules', '@quipu', 'sdk', 'dist', 'register.js')]
  const observed = await run(node, folder, name, register, expected)
  const failures = shapes.flatMap((shape, i) =>
    observed.answers[i] === bare.answers[i]
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

async function run(node, folder, name, flags, expected) {
  const port = await freePort()
  const server = await startServed({
    program: node,
    args: [...flags, join(folder, 'shapes', `${name}.mjs`)],
    cwd: folder,
    env: { PORT: String(port) },
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
