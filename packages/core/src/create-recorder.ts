import { builtinCatalog, type Catalog, type EventSpecs, type MetricSpecs, mergeCatalogs } from '@quipu/catalog/builtin'
import { readOptions } from '@quipu/catalog/options'
import { createReadings } from './create-readings.js'
import { createRecorderEvents, createRecording, type RecorderEvents } from './create-recording.js'
import { createActiveUsers } from './observe/active-users.js'
import { createHelpers, userOf } from './observe/create-helpers.js'
import type { Recording } from './observe/recording.js'
import { createSessions } from './observe/sessions.js'
import { joinToolCall } from './observe/tool-call.js'
import { type Attachment, attachTo } from './otel/attach.js'
import { createProducer } from './otel/producer.js'
import type { Recorder } from './recorder.js'
import { RecorderChoices } from './recorder-choices.js'
import { createRecorderCore, type RecorderCore } from './recorder-core.js'
import { type RecorderOptions, type RecorderSettings, recorderOptions } from './recorder-options.js'
import type { AnyInstrument } from './store/create-instrument.js'
import { exemplarSourceOf } from './store/exemplar-source.js'
import type { Instruments } from './store/instruments.js'

/**
 * Creates an isolated recorder: the built-in catalogue and your own entries, with every helper as a method.
 *
 * @param given all optional; see RecorderOptions
 * @returns a recorder that records from now on, whether anything reads it or not
 * @throws QuipuError QUIPU_CONFIG_INVALID for an option that is not valid, QUIPU_CATALOG_NAME_COLLISION when an entry
 *   would be exported under a name that is taken
 * @example
 * const recorder = createRecorder()
 * recorder.trackUserAction('export_report')
 * recorder.metrics.app_active_sessions.set(3)
 */
export function createRecorder<
  const M extends MetricSpecs = Record<never, never>,
  const E extends EventSpecs = Record<never, never>,
>(given: RecorderOptions<M, E> = {}): Recorder<M, E> {
  const options = readOptions(recorderOptions, given, 'createRecorder()')
  const choices = new RecorderChoices(options)
  const core = createRecorderCore(options, choices)
  const events = createRecorderEvents(core, choices)
  const recording = createRecording(core, choices, events)
  const sessions = createSessions(recording, () => choices.sessions)
  const samplers = new Set<() => void>()
  const readings = createReadings(core, samplers, () => sessions.sweep())
  const attachments = createAttachments(core, readings)

  let catalog: Catalog = builtinCatalog
  const extend = (more: Catalog): void => {
    catalog = mergeCatalogs(catalog, more)
    core.store.extend(more)
    events.cleaner.extend(more.events)
    attachments.refresh()
  }
  if (options.catalog !== undefined) extend(options.catalog)

  const recorder: Recorder<M, E> = {
    ...createHelpers(recording, sessions),
    ...methodsFor(core, events, recording),
    // The instruments are made of the same entries that their types are inferred from.
    metrics: core.store.instruments as unknown as Instruments<typeof builtinCatalog.metrics & M>,
    readings,
    onCollect(sample) {
      samplers.add(sample)
      return () => void samplers.delete(sample)
    },
    producer: (producerOptions) => createProducer(readings, core.clock, producerOptions),
    attach: attachments.attach,
    get activityLogOn() {
      return choices.activityLog
    },
    speaks: (vocabulary) => choices.speaks(vocabulary),
    configure(chosen: RecorderSettings) {
      choices.apply(chosen)
      if (chosen.exemplars !== undefined) {
        core.context.exemplarSource = exemplarSourceOf(chosen.exemplars, () => core.drop('exemplar', 'threw'))
      }
      attachments.refresh()
    },
    extend(more) {
      extend(more)
      // The same recorder, known now to have the entries that were just added.
      return recorder as unknown as Recorder<never, never>
    },
  }
  return recorder
}

/** Templates that are remembered; routes declared from data would otherwise grow with the data. */
const MAX_DECLARED_ROUTES = 5000

/** The methods that depend on neither the catalogue nor what has been chosen. */
function methodsFor(
  { clock, context, store, drop, guard }: RecorderCore,
  events: RecorderEvents,
  recording: Recording,
) {
  const { cleaner, stream } = events
  const settleListeners = new Set<() => void>()
  return {
    clock,
    guard,
    recordMetric: (name, value, labels) =>
      void guard('write', () => {
        if (!store.write(name, value, labels)) drop('unknown', 'unknown_metric')
      }),
    logMetric: (event: string, user?: string | null, fields?: object) => events.log(event, user, fields),
    declareRoute(template) {
      const { declaredRoutes } = context
      if (typeof template === 'string' && declaredRoutes.size < MAX_DECLARED_ROUTES) declaredRoutes.add(template)
    },
    onSettle(listener) {
      settleListeners.add(listener)
      return () => void settleListeners.delete(listener)
    },
    settle() {
      for (const listener of settleListeners) guard('settle', listener)
    },
    onActivity: stream.listen,
    prepareEvent: (event, user, fields) =>
      guard('activity', () => cleaner.prepare(event, user === undefined ? userOf(undefined) : user, fields)) ?? null,
    declaresEvent: cleaner.has,
    countActiveUser: createActiveUsers(),
    joinToolCall: (tool, label = tool) => joinToolCall(recording, tool, label),
    drop: (metric, reason) => void guard('drop', () => drop(metric, reason)),
  } satisfies Partial<Recorder>
}

/** The providers that the metrics are registered on. */
function createAttachments({ context, drop, guard }: RecorderCore, readings: () => readonly AnyInstrument[]) {
  const attachments = new Set<Attachment>()
  // For a strict recorder removing a series is not a mistake.
  const onRemoval = (metric: string): void => {
    if (!context.strict) drop(metric, 'kept_by_provider')
  }
  return {
    refresh() {
      for (const attachment of attachments) guard('attach', () => attachment.refresh())
    },
    attach: ((provider) => {
      const attachment = attachTo(provider, readings, guard, onRemoval)
      attachments.add(attachment)
      return () => {
        attachments.delete(attachment)
        attachment.detach()
      }
    }) satisfies Recorder['attach'],
  }
}
