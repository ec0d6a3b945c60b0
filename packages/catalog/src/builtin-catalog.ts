import { akiMetrics } from './aki.js'
import { atlasEvents } from './atlas.js'
import { genAiMetrics } from './gen-ai.js'
import { llmMetrics } from './llm.js'
import { mcpMetrics } from './mcp.js'
import { securetrackMetrics } from './securetrack.js'
import { selfMetrics } from './self.js'
import type { Catalog } from './types.js'

const metrics = {
  ...securetrackMetrics,
  ...akiMetrics,
  ...llmMetrics,
  ...genAiMetrics,
  ...mcpMetrics,
  ...selfMetrics,
}

/** The entries of every metric that Quipu knows by itself. */
export type BuiltinMetrics = typeof metrics
/** The entries of every activity event that Quipu knows by itself. */
export type BuiltinEvents = typeof atlasEvents

/** Every metric and event that Quipu knows by itself; a recorder has them beside its own. */
export const builtinCatalog: Catalog<BuiltinMetrics, BuiltinEvents> = { metrics, events: atlasEvents }
