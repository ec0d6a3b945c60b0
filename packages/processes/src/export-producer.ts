import type { ImmediateMetricProducer } from '@quipu/store'
import { noteExported } from './export-notes.js'
import {
  createGroupProducer,
  type GroupProducer,
  type GroupProducerOptions,
  type MakeProducer,
} from './group-producer.js'
import type { GroupRecorder } from './group-recorder.js'
import type { JoinedGroup } from './joined-group.js'
import { growingSeries } from './read/merged-readings.js'

interface Exporter {
  readonly recorder: GroupRecorder
  readonly make: MakeProducer
  readonly options: GroupProducerOptions
  /** The group, if it exists already. */
  readonly joinIfNamed: () => unknown
  /** Calls the listener when this process joins the group, before it tries to lead; at once if it has joined. */
  onJoin(listener: (group: JoinedGroup) => void): void
}

type Collection = ReturnType<ImmediateMetricProducer['collectNow']>
type ScopeMetrics = Collection['resourceMetrics']['scopeMetrics']

/**
 * Creates a producer that exports the recorder's own values while this process is alone, and later those of the group.
 */
export function createExportProducer({ recorder, make, options, joinIfNamed, onJoin }: Exporter): GroupProducer {
  const isDelta = options.temporality === 'delta'
  const alone = isDelta ? deltaProducerOf(recorder, make) : make(recorder.readings)
  let joined: GroupProducer | undefined
  /** Deltas that were collected alone and are not exported yet. */
  let pending: ScopeMetrics = []
  let isAlone = true
  joinIfNamed()
  onJoin((group) => {
    if (isDelta && isAlone && group.wasAlone) {
      pending = alone.collectNow().resourceMetrics.scopeMetrics
      noteExported(group.folder, growingSeries(recorder))
    }
    isAlone = false
    joined = createGroupProducer(group.folder, { ...group, ...group.exporterReadings() }, make, options)
  })
  const collectNow = (): Collection => {
    joinIfNamed()
    const result = (joined ?? alone).collectNow()
    if (pending.length === 0) return result
    const { resource, scopeMetrics } = result.resourceMetrics
    const all = [...pending, ...scopeMetrics]
    pending = []
    return { ...result, resourceMetrics: { resource, scopeMetrics: all } }
  }
  return {
    collectNow,
    collect: async () => collectNow(),
    notes: isDelta
      ? {
          storing: (files) => joined?.notes?.storing(files) ?? false,
          stored: () => joined?.notes?.stored() ?? true,
          sending: () => joined?.notes?.sending(),
          tried: (isExported) => joined?.notes?.tried(isExported),
        }
      : undefined,
  }
}

/** A recorder's deltas continue after a shutdown and a new start. */
const deltaProducers = new WeakMap<object, ImmediateMetricProducer>()

function deltaProducerOf(recorder: GroupRecorder, make: MakeProducer): ImmediateMetricProducer {
  const producer = deltaProducers.get(recorder) ?? make(recorder.readings)
  deltaProducers.set(recorder, producer)
  return producer
}
