import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { expectTypeOf } from 'vitest'
import { instrument } from './instrument.js'

const info = { name: 'test', version: '1.0.0' }
expectTypeOf(instrument(new Client(info))).toEqualTypeOf<Client>()
expectTypeOf(instrument(new McpServer(info))).toEqualTypeOf<McpServer>()
// @ts-expect-error a name is not a client
instrument('client')
