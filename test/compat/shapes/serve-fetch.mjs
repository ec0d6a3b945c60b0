import { serve } from '@hono/node-server'

/** Whether the runtime is Node, whose servers have no handlers of fetch. */
export const isNode = globalThis.Bun === undefined && globalThis.Deno === undefined

/** Serves a handler of fetch with the server of the runtime. */
export async function serveFetch(fetch) {
  const address = { port: Number(process.env.PORT), hostname: '127.0.0.1' }
  if (isNode) return new Promise((resolve) => serve({ fetch, ...address }, resolve))
  return globalThis.Bun?.serve({ fetch, ...address }) ?? globalThis.Deno.serve({ ...address, onListen() {} }, fetch)
}
