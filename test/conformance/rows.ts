import { aki } from './aki.js'
import { atlasEvents, atlasLiterals, atlasSwitch } from './atlas-events.js'
import { atlasPrivacy } from './atlas-privacy.js'
import { atlasQueries } from './atlas-queries.js'
import { boards, scrapeConfiguration } from './boards.js'
import { atlasIntegration, securetrackIntegration, trapsIntegration } from './integration.js'
import type { Checks } from './promises.js'
import { securetrackHelpers } from './securetrack-helpers.js'
import { securetrackMetrics } from './securetrack-metrics.js'
import { trapsCalls } from './traps-calls.js'
import { trapsLines } from './traps-lines.js'
import { trapsRecording } from './traps-recording.js'

/** The rows by file; each number is in one row. */
export const tables: Readonly<Record<string, Checks>> = {
  atlasSwitch,
  atlasLiterals,
  atlasEvents,
  atlasPrivacy,
  atlasQueries,
  securetrackMetrics,
  securetrackHelpers,
  aki,
  boards,
  scrapeConfiguration,
  trapsRecording,
  trapsCalls,
  trapsLines,
  atlasIntegration,
  securetrackIntegration,
  trapsIntegration,
}
