import { createServer } from 'node:http'
import { quipuYoga } from '@quipu/http/yoga'
import { start } from '@quipu/sdk'
import { createSchema, createYoga } from 'graphql-yoga'

const quipu = start({ serviceName: 'yoga-example' })
const schema = createSchema({
  typeDefs: 'type Query { user(id: ID!): String }',
  resolvers: { Query: { user: (_parent: unknown, { id }: { id: string }) => id } },
})
const yoga = createYoga({ schema, plugins: [quipuYoga({ operations: ['GetUser'] })], logging: false })
createServer((request, response) => {
  quipu.handler(request, response, () => void yoga(request, response))
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
