import type { Recorder } from '@quipu/core'
import type { ExportContext } from '@quipu/otlp'
import { isAlive, ownProcessId } from '@quipu/processes'
import { USER_AGENT } from '../version.js'

/** The properties of this process that the exporters of `@quipu/otlp` need. */
export function toExportContext(recorder: Recorder): ExportContext {
  return { recorder, userAgent: USER_AGENT, owners: { own: ownProcessId(), isAlive } }
}
