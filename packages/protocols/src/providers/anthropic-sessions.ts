import { defineProtocol, type ResponseTarget } from '../protocol.js'
import type { Selected } from '../read/selection.js'

/** A session, a thread of it, or an event of either. */
const entry = {
  id: 'text',
  type: 'text',
  agent: { model: { id: 'text' } },
  processed_at: 'text',
  model_request_start_id: 'text',
  is_error: 'flag',
  model_usage: 'numbers',
  outcome_evaluation_start_id: 'text',
  usage: 'numbers',
} as const

function readEntry(target: ResponseTarget, event: Selected<typeof entry>): void {
  const { id, type, agent } = event
  if (id === undefined) return
  const ms = Date.parse(event.processed_at ?? '')
  const endedMs = Number.isNaN(ms) ? undefined : ms
  switch (type) {
    case 'session':
    case 'session_thread':
      if (agent?.model?.id !== undefined) target.agent(id, agent.model.id)
      break
    case 'span.model_request_start':
    case 'span.outcome_evaluation_start':
      if (endedMs !== undefined) target.reportedStart(id, endedMs)
      break
    case 'span.model_request_end':
      target.reported({ id: event.model_request_start_id ?? id, endedMs, isOfAgent: true })
      target.usage(event.model_usage)
      if (event.is_error === true) target.fail({})
      break
    case 'span.outcome_evaluation_end':
      // The calls of one evaluation are reported as a sum. They have a model of their own, which is not named.
      target.reported({ id: event.outcome_evaluation_start_id ?? id, endedMs })
      target.usage(event.usage)
      break
  }
}

/**
 * Sessions of agents that Anthropic runs (`…/v1/sessions`), their threads and events. Each event of the end of a model request
 * is a call. The events name no model: it is that of the session or thread, which the application creates or fetches.
 */
export const anthropicSessions = defineProtocol({
  name: 'anthropic.sessions',
  operation: 'chat',
  provider: 'anthropic',
  path: /\/v1\/sessions(?:\/(?<agent>[^/]+)(?:\/events(?:\/stream)?|\/threads(?:\/(?<thread>[^/]+)(?:\/events|\/stream)?)?)?)?$/,
  hasTerminalEvent: false,
  reports: 'agent',
  requiredHeader: 'anthropic-version',
  request: {},
  describe: () => ({}),
  response: { ...entry, data: [entry] },
  read(target, response) {
    readEntry(target, response)
    for (const each of response.data ?? []) if (each !== undefined) readEntry(target, each)
  },
  chunk: entry,
  readChunk: readEntry,
})
