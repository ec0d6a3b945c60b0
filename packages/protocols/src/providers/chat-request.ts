import type { RequestDetails } from '../protocol.js'
import type { Selected } from '../read/selection.js'

/** The body of a chat in the form of most providers. */
export const chatRequest = { model: 'text', messages: 'items', stream: 'flag', tools: 'items' } as const

export function describeChat({ model, messages, stream, tools }: Selected<typeof chatRequest>): RequestDetails {
  return { model, messageCount: messages, stream, offersTools: (tools ?? 0) > 0 }
}
