import { afterAll, beforeAll, expect, test } from 'vitest'
import { samplesOf } from '../fixtures/page-points.js'
import { runAndScrape } from '../fixtures/run-and-scrape.js'
import { type AppFolder, createAppFolder } from '../fixtures/run-node.js'

// Applications of tRPC and GraphQL Yoga without Quipu: procedures and operations, of which some fail, and a batch.

const listening = `const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve('http://127.0.0.1:' + server.address().port)))
const post = { method: 'POST', headers: { 'content-type': 'application/json' } }
const ask = async (url, init) => { const answer = await fetch(url, init); await answer.text(); return answer.status }`

const trpc = `${listening}
const t = initTRPC.create()
const user = t.router({
  byId: t.procedure.query(() => 'secret'),
  rename: t.procedure.mutation(() => { throw new TRPCError({ code: 'FORBIDDEN', message: 'secret' }) }),
})
async function main() {
  const server = createHTTPServer({ router: t.router({ user }), createContext: () => ({}) })
  const base = await listening(server.server ?? server)
  const url = base + '/user.'
  const input = encodeURIComponent(JSON.stringify({ 0: 'secret' }))
  console.log(await ask(url + 'byId?input=' + input), await ask(url + 'byId,user.byId?batch=1&input=' + input), await ask(url + 'rename', { ...post, body: '{}' }), await ask(base + '/secret'))
  console.log('served')
}
main()
`
const yoga = `${listening}
const schema = createSchema({
  typeDefs: 'type Query { user(id: ID!): String broken: String }',
  resolvers: { Query: { user: () => 'secret', broken: () => { throw new RangeError('secret') } } },
})
async function main() {
  const url = (await listening(createServer(createYoga({ schema, logging: false })))) + '/graphql'
  const query = (text) => ({ ...post, body: JSON.stringify({ query: text }) })
  console.log(await ask(url, query('query Secret { user(id: "secret") }')), await ask(url, query('{ broken }')), await ask(url + '/secret'))
  console.log('served')
}
main()
`

let apps: AppFolder
beforeAll(async () => {
  apps = await createAppFolder()
  const imports = {
    trpc: [
      ['{ initTRPC, TRPCError }', '@trpc/server'],
      ['{ createHTTPServer }', '@trpc/server/adapters/standalone'],
    ],
    yoga: [
      ['{ createServer }', 'node:http'],
      ['{ createSchema, createYoga }', 'graphql-yoga'],
    ],
  }
  for (const [name, body] of Object.entries({ trpc, yoga })) {
    const modules = imports[name as 'trpc' | 'yoga']
    apps.write(`${name}.mjs`, `${modules.map(([names, from]) => `import ${names} from '${from}'`).join('\n')}\n${body}`)
    apps.write(
      `${name}.cjs`,
      `${modules.map(([names, from]) => `const ${names} = require('${from}')`).join('\n')}\n${body}`,
    )
  }
}, 120_000)
afterAll(() => apps.remove())

test.each(['mjs', 'cjs'])('the procedures of an unchanged application of tRPC name its requests: %s', async (kind) => {
  const { custom, standard, stdout, stderr } = await runAndScrape(apps, `trpc.${kind}`)
  expect(stdout, stderr).toBe('200 200 403 404\nserved\n')
  expect(stderr).toMatch(/^quipu: http @trpc\/server 11\.\d+\.\d+ /)
  const samples = samplesOf(custom)
  expect(samples.get('app_requests_total endpoint=user.byId method=GET status_code=200')).toBe(2)
  expect(samples.get('app_requests_total endpoint=user.rename method=POST status_code=403')).toBe(1)
  expect(samples.get('app_requests_total endpoint=unmatched method=GET status_code=404')).toBe(1)
  expect(samples.get('feature_usage_total feature_name=user.byId')).toBe(3)
  expect(samples.get('feature_errors_total error_type=FORBIDDEN feature_name=user.rename')).toBe(1)
  expect(custom + standard).not.toContain('secret')
})

test.each(['mjs', 'cjs'])(
  'the operations of an unchanged application of GraphQL Yoga are counted: %s',
  async (kind) => {
    const { custom, standard, stdout, stderr } = await runAndScrape(apps, `yoga.${kind}`)
    expect(stdout, stderr).toBe('200 200 404\nserved\n')
    expect(stderr).toMatch(/^quipu: http graphql-yoga 5\.\d+\.\d+ /)
    const samples = samplesOf(custom)
    expect(samples.get('app_requests_total endpoint=/graphql method=POST status_code=200')).toBe(2)
    expect(samples.get('app_requests_total endpoint=unmatched method=GET status_code=404')).toBe(1)
    expect(samples.get('feature_usage_total feature_name=query.user')).toBe(1)
    expect(samples.get('feature_errors_total error_type=RangeError feature_name=query.broken')).toBe(1)
    expect(custom + standard).not.toMatch(/secret/i)
  },
)
