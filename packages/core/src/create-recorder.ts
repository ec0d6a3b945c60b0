import {
  builtinCatalog,
  checkNames,
  type EventSpecs,
  type GenAiProfile,
  type MetricSpec,
  type MetricSpecs,
  QuipuError,
  type Vocabulary,
} from '@quipu/catalog/builtin'
import { createEventCleaner } from './activity-events.js'
import { createActivityStream } from './activity-stream.js'
import { attachTo } from './attach.js'
import { createSystemClock } from './clock.js'
import { createHelpers, userOf } from './create-helpers.js'
import { createDropLog } from './drop-log.js'
import { ACTIVITY_LOG_FLAG, environmentVariable, isFlagOn } from './environment.js'
import type { Instruments } from './instruments.js'
import { joinLlmCall } from './llm-call.js'
import type { Mapping } from './mapping.js'
import { createProducer } from './producer.js'
import { createPseudonymizer } from './pseudonym.js'
import type { Recorder } from './recorder.js'
import type { RecorderOptions, RecorderSettings } from './recorder-options.js'
import type { Recording } from './recording.js'
import { createSessions } from './sessions.js'
import { createStore, type Speech } from './store.js'
import { defaultLimits, type StoreContext } from './store-context.js'

const allVocabularies: readonly Vocabulary[] = ['securetrack', 'aki', 'atlas', 'gen_ai', 'quipu']

/** T6: who does not want to be tracked is not, unless the application says so in code. */
function defaultVocabularies(): readonly Vocabulary[] {
  const doNotTrack = isFlagOn(environmentVariable('DO_NOT_TRACK'))
  return doNotTrack ? allVocabularies.filter((vocabulary) => vocabulary !== 'aki') : allVocabularies
}

/**
 * Makes an isolated recorder: the built-in catalogue and your own entries, with every helper as a method.
 *
 * @param options all optional; see RecorderOptions
 * @returns a recorder that records from now on, whether anything reads it or not
 * @throws QuipuError QUIPU_CATALOG_NAME_COLLISION when an entry would be exported under a name that is taken (T1)
 * @example
 * const recorder = createRecorder()
 * recorder.trackUserAction('export_report')
 * recorder.metrics.app_active_sessions.set(3)
 */
export function createRecorder<
  const M extends MetricSpecs = Record<never, never>,
  const E extends EventSpecs = Record<never, never>,
>(options: RecorderOptions<M, E> = {}): Recorder<M, E> {
  const strict = options.strict ?? false
  const clock = options.clock ?? createSystemClock()
  const limits = { ...defaultLimits, ...options.limits }
  const pseudonym = options.ids === 'plain' ? (value: string) => value : createPseudonymizer(options.idKey)
  const sayDrop = createDropLog(strict)
  const speech: Speech = {
    vocabularies: new Set(defaultVocabularies()),
    genAiProfiles: new Set<GenAiProfile>(['1.41']),
  }
  let activityLogOn = isFlagOn(environmentVariable(ACTIVITY_LOG_FLAG))

  const drop = (metric: string, reason: string): void => {
    store.write('quipu_dropped_total', 1, { metric, reason })
    sayDrop(metric, reason)
  }
  const context: StoreContext = {
    clock: safeClock(clock),
    allow: options.allow ?? {},
    limits,
    pseudonym,
    exemplarSource: options.exemplars,
    drop,
    fold: (metric, label) => {
      // What the self-metrics fold themselves would be counted for ever.
      if (!metric.startsWith('quipu_')) store.write('quipu_folded_total', 1, { metric, label })
    },
  }
  const store = createStore(context, speech)
  const guard = <T>(site: string, fn: () => T): T | undefined => {
    try {
      return fn()
    } catch (error) {
      if (strict) throw error
      store.write('quipu_guard_catches_total', 1, { site })
      return undefined
    }
  }
  const cleaner = createEventCleaner({
    clock: context.clock,
    allow: context.allow,
    valueLength: limits.valueLength,
    pseudonym,
    drop,
  })
  cleaner.extend(builtinCatalog.events)
  const activity = createActivityStream(guard, drop)

  const say = (event: string, user: string | null | undefined, fields: object): void => {
    if (!activityLogOn || !speech.vocabularies.has('atlas')) return
    guard('activity', () => {
      const prepared = cleaner.prepare(event, userOf(user), fields)
      if (prepared !== null) activity.emit(prepared)
    })
  }
  const settings: { prices: RecorderSettings['prices']; sessions: RecorderSettings['sessions'] } = {
    prices: undefined,
    sessions: undefined,
  }
  const recording: Recording = {
    clock: context.clock,
    write: (metric, value, labels) => void guard('write', () => store.write(metric, value, labels)),
    remove: (metric, labels) => void guard('remove', () => store.instruments[metric]?.remove(labels)),
    observe<O>(mapping: Mapping<O>, observation: O, user: string | null | undefined) {
      for (const row of mapping.metrics) {
        if (!speech.vocabularies.has(row.vocabulary)) continue
        const value = row.value(observation)
        if (value !== undefined) store.write(row.metric, value, row.labels(observation))
      }
      for (const row of mapping.events) {
        const fields = activityLogOn ? row.fields(observation) : undefined
        if (fields !== undefined) say(row.event, user, fields)
      }
    },
    say,
    drop,
    guard,
    pseudonym,
    speaks: (vocabulary) => speech.vocabularies.has(vocabulary),
    get price() {
      return settings.prices
    },
  }
  let sessions = createSessions(recording)

  const configure = (chosen: RecorderSettings): void => {
    if (chosen.vocabularies !== undefined) speech.vocabularies = new Set(chosen.vocabularies)
    if (chosen.genAiProfiles !== undefined) speech.genAiProfiles = new Set(chosen.genAiProfiles)
    if (chosen.activityLog !== undefined) activityLogOn = chosen.activityLog
    if (chosen.prices !== undefined) settings.prices = chosen.prices
    if (chosen.sessions !== undefined) sessions = createSessions(recording, chosen.sessions)
  }
  const extend = (catalog: { readonly metrics: MetricSpecs; readonly events: EventSpecs }): void => {
    const added = Object.entries(catalog.metrics).filter(
      ([name, spec]) => !isKnown(store.instruments[name]?.spec, name, spec),
    )
    const known = Object.values(store.instruments).map((instrument): [string, MetricSpec] => [
      instrument.name,
      instrument.spec,
    ])
    checkNames(Object.fromEntries([...known, ...added]))
    store.extend(catalog)
    cleaner.extend(catalog.events)
  }
  configure(options)
  if (options.catalog !== undefined) extend(options.catalog)

  const readings = () => {
    guard('sessions', () => sessions.sweep())
    const spoken = store.spoken()
    for (const { name, spec } of spoken) {
      const held = spec.vocabulary === 'self' ? 0 : (store.instruments[name]?.cells().length ?? 0)
      if (held > 0) store.write('quipu_series', held, { metric: name })
    }
    return spoken
  }
  const owner = {}
  const recorder: Recorder<M, E> = {
    ...createHelpers(recording, owner, () => sessions),
    // The instruments are made of the same entries that their types are inferred from.
    metrics: store.instruments as unknown as Instruments<typeof builtinCatalog.metrics & M>,
    recordMetric: (name, value, labels) =>
      void guard('write', () => {
        if (!store.write(name, value, labels)) drop('unknown', 'unknown_metric')
      }),
    logMetric: (event, user, fields) => say(event, user, fields ?? {}),
    clock: context.clock,
    readings,
    producer: (producerOptions) => createProducer(readings, context.clock, producerOptions),
    attach: (provider) => attachTo(provider, store.spoken),
    onActivity: activity.listen,
    prepareEvent: (event, user, fields) =>
      guard('activity', () => cleaner.prepare(event, user === undefined ? userOf(undefined) : user, fields)) ?? null,
    declaresEvent: cleaner.has,
    get activityLogOn() {
      return activityLogOn
    },
    speaks: (vocabulary) => vocabulary === 'self' || speech.vocabularies.has(vocabulary),
    joinLlmCall: (callOptions) => joinLlmCall(recording, owner, callOptions),
    drop,
    guard,
    configure,
    extend(catalog) {
      extend(catalog)
      // The same recorder, known now to have the entries that were just added.
      return recorder as unknown as Recorder<never, never>
    },
  }
  return recorder
}

/** A clock that never throws and never goes back, whatever the one behind it does. */
function safeClock(clock: StoreContext['clock']): StoreContext['clock'] {
  let last = 0
  let lastUnix = 0
  return {
    monotonicMs() {
      try {
        const now = clock.monotonicMs()
        if (now > last) last = now
      } catch {
        // The last good reading stands.
      }
      return last
    },
    unixMs() {
      try {
        const now = clock.unixMs()
        if (Number.isFinite(now)) lastUnix = now
      } catch {
        // The last good reading stands.
      }
      return lastUnix
    },
  }
}

function isKnown(before: MetricSpec | undefined, name: string, spec: MetricSpec): boolean {
  if (before === undefined) return false
  if (before === spec || JSON.stringify(before) === JSON.stringify(spec)) return true
  throw new QuipuError('QUIPU_CATALOG_NAME_COLLISION', {
    what: `there is a metric ${name} already, and it is another one.`,
    got: `two entries ${name}, a ${before.kind} and a ${spec.kind}`,
    fix: "give one a prefix: defineMetrics({ … }, { prefix: 'shop_' })",
  })
}
