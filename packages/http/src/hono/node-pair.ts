import { isObject } from '@quipu/catalog/builtin'

/** Returns Node's request and response, as @hono/node-server provides them; undefined on other runtimes. */
export function nodePairOf(env: unknown): { readonly incoming: object; readonly outgoing: object } | undefined {
  if (!isObject(env)) return undefined
  const { incoming, outgoing } = env
  return isObject(incoming) && isObject(outgoing) ? { incoming, outgoing } : undefined
}
