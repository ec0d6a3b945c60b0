import { createRecorder, type Recorder } from '@quipu/core'
import { GraphQLError } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeAll, closeLater, listen } from '../../fixtures/serving.js'
import { valuesOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from '../node-http.js'
import { quipuYoga } from './quipu-yoga.js'

let recorder: Recorder
beforeEach(() => {
  recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
})
afterEach(closeAll)

const schema = createSchema({
  typeDefs: `
    type Query { user(id: ID!): String broken: String missing: String }
    type Mutation { rename(name: String!): String }
    type Subscription { ticks: Int }`,
  resolvers: {
    Query: {
      user: () => 'user',
      broken: () => {
        throw new RangeError('secret')
      },
      missing: () => {
        throw new GraphQLError('secret')
      },
    },
    Mutation: { rename: () => 'renamed' },
    Subscription: {
      ticks: {
        async *subscribe() {
          yield { ticks: 1 }
        },
      },
    },
  },
})

async function ask(query: string, more: object = {}): Promise<unknown> {
  const yoga = createYoga({
    schema,
    logging: false,
    plugins: [quipuYoga({ recorder, operations: ['GetUser'] })],
  })
  const response = await fetch(`${await listen(yoga)}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, ...more }),
  })
  return [response.status, await response.text()]
}

test.each([
  ['its known name', 'query GetUser { user(id: "secret") }', 'GetUser'],
  ['its type and first field, under a name that clients made up', 'query Secret { user(id: 1) broken }', 'query.user'],
  ['its type and first field, under an alias', '{ secret: user(id: 1) }', 'query.user'],
  ['its type and first field, as a mutation', 'mutation Secret { rename(name: "secret") }', 'mutation.rename'],
  ['its type, where a fragment is first', 'query { ...Secret } fragment Secret on Query { user(id: 1) }', 'query'],
])('an operation is counted by %s', async (_name, query, feature) => {
  await ask(query)
  expect(valuesOf(recorder, 'feature_usage_total')).toEqual({ [feature]: 1 })
  await expect.poll(() => valuesOf(recorder, 'app_requests_total')).toEqual({ '/graphql POST 200': 1 })
  expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toMatch(/secret/i)
})

test('the operation that the client selects among several is counted', async () => {
  await ask('query One { broken } query Two { user(id: 1) }', { operationName: 'Two' })
  expect(valuesOf(recorder, 'feature_usage_total')).toEqual({ 'query.user': 1 })
})

test.each([
  ['{ broken }', 'query.broken RangeError'],
  ['{ missing }', 'query.missing GraphQLError'],
])('a result with errors counts as an error, although its status is 200: %s', async (query, counted) => {
  expect(await ask(query)).toEqual([200, expect.stringContaining('errors')])
  expect(valuesOf(recorder, 'feature_errors_total')).toEqual({ [counted]: 1 })
})

test('10,000 operations that clients invent share the features of the schema', async () => {
  const plugin = quipuYoga({ recorder })
  for (let i = 0; i < 10_000; i++) {
    const selections = [{ kind: 'Field', name: { value: 'user' } }]
    const operation = {
      kind: 'OperationDefinition',
      operation: 'query',
      name: { value: `Op${i}` },
      selectionSet: { selections },
    }
    plugin.onExecute({ args: { document: { definitions: [operation] }, operationName: `Op${i}` } })
  }
  expect(valuesOf(recorder, 'feature_usage_total')).toEqual({ 'query.user': 10_000 })
})

test('an operation is counted once by two plugins of one recorder', async () => {
  const yoga = createYoga({
    schema,
    logging: false,
    plugins: [quipuYoga({ recorder, operations: ['GetUser'] }), quipuYoga({ recorder })],
  })
  const url = `${await listen(yoga)}/graphql`
  const query = encodeURIComponent('query GetUser { user(id: 1) }')
  await (await fetch(`${url}?query=${query}`)).text()
  expect(valuesOf(recorder, 'feature_usage_total')).toEqual({ GetUser: 1 })
})

test('a subscription is counted and not timed', async () => {
  const yoga = createYoga({ schema, logging: false, plugins: [quipuYoga({ recorder })] })
  const url = `${await listen(yoga)}/graphql?query=${encodeURIComponent('subscription { ticks }')}`
  expect(await (await fetch(url, { headers: { accept: 'text/event-stream' } })).text()).toContain('"ticks":1')
  expect(valuesOf(recorder, 'feature_usage_total')).toMatchObject({ 'subscription.ticks': 1 })
  expect(Object.keys(valuesOf(recorder, 'feature_duration_seconds'))).not.toContain('subscription.ticks')
})
