import {
  builtinCatalog,
  type Catalog,
  type EventSpecs,
  type GenAiProfile,
  isStandard,
  type MetricSpecs,
  mergeCatalogs,
  type Vocabulary,
} from '@quipu/catalog/builtin'
import { readOptions, resolveOptions } from '@quipu/catalog/options'
import { createEventCleaner } from './activity/activity-events.js'
import { createActivityStream } from './activity/activity-stream.js'
import { createSafeClock, createSystemClock } from './clock.js'
import { ACTIVITY_LOG_FLAG, environmentVariable, isFlagOn } from './environment.js'
import { createActiveUsers } from './observe/active-users.js'
import { createHelpers, userOf } from './observe/create-helpers.js'
import type { Mapping } from './observe/mappings/mapping.js'
import type { Recording } from './observe/recording.js'
import { createSessions } from './observe/sessions.js'
import { joinToolCall } from './observe/tool-call.js'
import { type ObservationTarget, writeObservation } from './observe/write-observation.js'
import { type Attachment, attachTo } from './otel/attach.js'
import { createProducer } from './otel/producer.js'
import { createPseudonymizer } from './privacy/pseudonym.js'
import type { Recorder } from './recorder.js'
import { type RecorderOptions, type RecorderSettings, recorderOptions } from './recorder-options.js'
import { createDropLog } from './store/drop-log.js'
import { createExemplarSource } from './store/exemplar.js'
import type { Instruments } from './store/instruments.js'
import { limitOptions } from './store/limit-options.js'
import { createStore, type Speech } from './store/store.js'
import type { StoreContext } from './store/store-context.js'

const allVocabularies: readonly Vocabulary[] = ['securetrack', 'aki', 'atlas', 'gen_ai', 'quipu']

/** Templates that are remembered; routes declared from data would otherwise grow with the data. */
const MAX_DECLARED_ROUTES = 5000

/** T6: who does not want to be tracked is not, unless the application says so in code. */
function defaultVocabularies(): readonly Vocabulary[] {
  const doNotTrack = isFlagOn(environmentVariable('DO_NOT_TRACK'))
  return doNotTrack ? allVocabularies.filter((vocabulary) => vocabulary !== 'aki') : allVocabularies
}

/**
 * Makes an isolated recorder: the built-in catalogue and your own entries, with every helper as a method.
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
  const strict = options.strict ?? false
  const clock = createSafeClock(options.clock ?? createSystemClock())
  const limits = resolveOptions(limitOptions, options.limits ?? {})
  const pseudonym =
    options.ids === 'plain' ? (value: string) => value : createPseudonymizer(options.idKey, () => settings.groupIdKey)
  const sayDrop = createDropLog(strict)
  const speech: Speech = {
    vocabularies: new Set(defaultVocabularies()),
    genAiProfiles: new Set<GenAiProfile>(['1.41']),
    standard: new Set(['semconv', 'instrumentator']),
  }
  let activityLogOn = isFlagOn(environmentVariable(ACTIVITY_LOG_FLAG))

  const drop = (metric: string, reason: string): void => {
    store.write('quipu_dropped_total', 1, { metric, reason })
    sayDrop(metric, reason)
  }
  const declaredRoutes = new Set<string>()
  const context: StoreContext = {
    clock,
    allow: options.allow ?? {},
    limits,
    strict,
    declaredRoutes,
    pseudonym,
    exemplarSource: options.exemplars && createExemplarSource(options.exemplars, () => drop('exemplar', 'threw')),
    drop,
    fold: (metric, label) => {
      // What the self-metrics fold themselves would be counted for ever.
      if (!metric.startsWith('quipu_')) store.write('quipu_folded_total', 1, { metric, label })
    },
  }
  const store = createStore(context, speech)
  /** An error of a listener, sink, clock or the store: counted, and thrown on by a strict recorder only. */
  const caught = (site: string, error: unknown): void => {
    if (strict) throw error
    store.write('quipu_guard_catches_total', 1, { site })
  }
  const guard = <T>(site: string, fn: () => T): T | undefined => {
    try {
      return fn()
    } catch (error) {
      caught(site, error)
      return undefined
    }
  }
  const speaks = (vocabulary: Vocabulary): boolean =>
    vocabulary === 'self' ||
    (isStandard(vocabulary) ? speech.standard.has(vocabulary) : speech.vocabularies.has(vocabulary))
  const cleaner = createEventCleaner({
    clock,
    allow: context.allow,
    valueLength: limits.valueLength,
    pseudonym,
    drop,
    speaks,
  })
  cleaner.extend(builtinCatalog.events)
  const activity = createActivityStream(guard, drop)

  const say = (event: string, user: string | null | undefined, fields: object | undefined): void => {
    if (!activityLogOn) return
    guard('activity', () => {
      const prepared = cleaner.prepare(event, userOf(user), fields)
      if (prepared !== null) activity.emit(prepared)
    })
  }
  const settings: { -readonly [K in 'prices' | 'sessions' | 'groupIdKey']: RecorderSettings[K] } = {
    prices: undefined,
    sessions: undefined,
    groupIdKey: undefined,
  }
  const target: ObservationTarget = {
    speaks,
    write: (metric, value, labels) => void store.write(metric, value, labels),
    caught: (error) => caught('observe', error),
  }
  const recording: Recording = {
    clock,
    write: (metric, value, labels) => void guard('write', () => store.write(metric, value, labels)),
    remove: (metric, labels) => void guard('remove', () => store.instruments[metric]?.remove(labels)),
    observe<O>(mapping: Mapping<O>, observation: O, user: string | null | undefined) {
      writeObservation(mapping, observation, target)
      if (!activityLogOn) return
      for (const row of mapping.events) {
        const fields = guard('observe', () => row.fields(observation))
        if (fields !== undefined) say(row.event, user, fields)
      }
    },
    say,
    drop,
    guard,
    pseudonym,
    speaks,
    get price() {
      return settings.prices
    },
  }
  const sessions = createSessions(recording, () => settings.sessions)

  const settleListeners = new Set<() => void>()
  const attachments = new Set<Attachment>()
  const refreshAttachments = (): void => {
    for (const attachment of attachments) guard('attach', () => attachment.refresh())
  }

  const configure = (chosen: RecorderSettings): void => {
    if (chosen.vocabularies !== undefined) speech.vocabularies = new Set(chosen.vocabularies)
    if (chosen.standard !== undefined) speech.standard = new Set(chosen.standard)
    if (chosen.genAiProfiles !== undefined) speech.genAiProfiles = new Set(chosen.genAiProfiles)
    if (chosen.activityLog !== undefined) activityLogOn = chosen.activityLog
    if (chosen.prices !== undefined) settings.prices = chosen.prices
    if (chosen.sessions !== undefined) settings.sessions = chosen.sessions
    if (chosen.groupIdKey !== undefined) settings.groupIdKey = chosen.groupIdKey
    refreshAttachments()
  }
  let catalog: Catalog = builtinCatalog
  const extend = (more: Catalog): void => {
    catalog = mergeCatalogs(catalog, more)
    store.extend(more)
    cleaner.extend(more.events)
    refreshAttachments()
  }
  configure(options)
  if (options.catalog !== undefined) extend(options.catalog)

  const samplers = new Set<() => void>()
  const held = new Map<string, number>()
  const readings = ({ sample = true }: { readonly sample?: boolean } = {}) => {
    if (sample) for (const each of samplers) guard('collect', each)
    guard('sessions', () => sessions.sweep())
    const spoken = store.spoken()
    for (const series of spoken) {
      if (series.spec.vocabulary === 'self') continue
      const count = series.size
      if (count === (held.get(series.name) ?? 0)) continue
      held.set(series.name, count)
      store.write('quipu_series', count, { metric: series.name })
    }
    return spoken
  }
  const recorder: Recorder<M, E> = {
    ...createHelpers(recording, sessions),
    // The instruments are made of the same entries that their types are inferred from.
    metrics: store.instruments as unknown as Instruments<typeof builtinCatalog.metrics & M>,
    recordMetric: (name, value, labels) =>
      void guard('write', () => {
        if (!store.write(name, value, labels)) drop('unknown', 'unknown_metric')
      }),
    logMetric: (event, user, fields) => say(event, user, fields),
    clock,
    readings,
    onCollect(sample) {
      samplers.add(sample)
      return () => void samplers.delete(sample)
    },
    declareRoute(template) {
      if (typeof template === 'string' && declaredRoutes.size < MAX_DECLARED_ROUTES) declaredRoutes.add(template)
    },
    producer: (producerOptions) => createProducer(readings, clock, producerOptions),
    attach(provider) {
      const attachment = attachTo(provider, readings, guard)
      attachments.add(attachment)
      return () => {
        attachments.delete(attachment)
        attachment.detach()
      }
    },
    onActivity: activity.listen,
    prepareEvent: (event, user, fields) =>
      guard('activity', () => cleaner.prepare(event, user === undefined ? userOf(undefined) : user, fields)) ?? null,
    declaresEvent: cleaner.has,
    get activityLogOn() {
      return activityLogOn
    },
    speaks,
    countActiveUser: createActiveUsers(),
    joinToolCall: (tool, label = tool) => joinToolCall(recording, tool, label),
    onSettle(listener) {
      settleListeners.add(listener)
      return () => void settleListeners.delete(listener)
    },
    settle() {
      for (const listener of settleListeners) guard('settle', listener)
    },
    drop: (metric, reason) => void guard('drop', () => drop(metric, reason)),
    guard,
    configure,
    extend(more) {
      extend(more)
      // The same recorder, known now to have the entries that were just added.
      return recorder as unknown as Recorder<never, never>
    },
  }
  return recorder
}
