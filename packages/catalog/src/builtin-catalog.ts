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

/** Entries of all built-in metrics. */
export type BuiltinMetrics = typeof metrics
/** Entries of all built-in activity events. */
export type BuiltinEvents = typeof atlasEvents

/** All built-in metrics and events. Every recorder includes them, in addition to its own catalogue. */
export const builtinCatalog: Catalog<BuiltinMetrics, BuiltinEvents> = { metrics, events: atlasEvents }
