import type { Endpoint } from './endpoint.js'
import { readModel, readUsage } from './usage.js'

/** `embeddings.create`. */
export const embeddings: Endpoint = {
  path: ['embeddings'],
  operation: 'embeddings',
  messageCount: () => undefined,
  hasStreamUsage: false,
  read: (call) => ({
    whole(answer) {
      readModel(call, answer)
      readUsage(call, answer)
      return undefined
    },
    chunk: () => undefined,
  }),
}
