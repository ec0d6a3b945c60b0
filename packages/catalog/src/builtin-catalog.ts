import type { Catalog } from './types.js'
import { akiMetrics } from './vocabularies/aki.js'
import { atlasEvents } from './vocabularies/atlas.js'
import { genAiMetrics } from './vocabularies/gen-ai.js'
import { instrumentatorMetrics } from './vocabularies/instrumentator.js'
import { llmMetrics } from './vocabularies/llm.js'
import { mcpMetrics } from './vocabularies/mcp.js'
import { promClientMetrics } from './vocabularies/prom-client.js'
import { securetrackMetrics } from './vocabularies/securetrack.js'
import { selfMetrics } from './vocabularies/self.js'
import { semconvHttpMetrics } from './vocabularies/semconv-http.js'
import { semconvProcessMetrics } from './vocabularies/semconv-process.js'
import { streamMetrics } from './vocabularies/streams.js'

const metrics = {
  ...securetrackMetrics,
  ...akiMetrics,
  ...llmMetrics,
  ...genAiMetrics,
  ...mcpMetrics,
  ...streamMetrics,
  ...selfMetrics,
  ...semconvHttpMetrics,
  ...semconvProcessMetrics,
  ...instrumentatorMetrics,
  ...promClientMetrics,
}

/** The entries of every metric that Quipu knows by itself. */
export type BuiltinMetrics = typeof metrics
/** The entries of every activity event that Quipu knows by itself. */
export type BuiltinEvents = typeof atlasEvents

/** Every metric and event that Quipu knows by itself; a recorder has them beside its own. */
export const builtinCatalog: Catalog<BuiltinMetrics, BuiltinEvents> = { metrics, events: atlasEvents }
