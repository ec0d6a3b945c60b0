import { builtinCatalog, type Catalog, type EventSpecs, type MetricSpecs, mergeCatalogs } from '@quipu/catalog/builtin'
import type { Instruments } from './instruments/instruments.js'
import { createAttachments } from './otel/attachments.js'
import { createProducer } from './otel/producer.js'
import { createReadings } from './readings.js'
import { exemplarSourceOf } from './series/exemplar-source.js'
import type { Store } from './store.js'
import { StoreChoices } from './store-choices.js'
import { createStoreCore, type StoreCore } from './store-core.js'
import type { StoreOptions } from './store-options.js'

/**
 * Creates a store with the built-in metrics and your own, which records from now on, with or without readers.
 *
 * @param options all optional, and not checked: `createRecorder()` does that; see StoreOptions
 * @returns the store
 * @throws QuipuError QUIPU_CATALOG_NAME_COLLISION if an entry would be exported under the name of another one
 * @example
 * const store = createStore()
 * store.metrics.app_active_sessions.set(3)
 */
export function createStore<
  const M extends MetricSpecs = Record<never, never>,
  const E extends EventSpecs = Record<never, never>,
>(options: StoreOptions<M, E> = {}): Store<M> {
  const choices = new StoreChoices(options)
  const core = createStoreCore(options, choices)
  const { context, table } = core
  const { readings, onCollect } = createReadings(core)
  const attachments = createAttachments(core, readings)

  let catalog: Catalog = builtinCatalog
  const extend = (more: Catalog): void => {
    catalog = mergeCatalogs(catalog, more)
    table.extend(more)
    attachments.refresh()
  }
  if (options.catalog !== undefined) extend(options.catalog)

  const store: Store<M> = {
    ...recordingOf(core),
    // The instruments are created from the entries from which their types are inferred.
    metrics: table.instruments as unknown as Instruments<typeof builtinCatalog.metrics & M>,
    readings,
    onCollect,
    producer: (producerOptions) => createProducer(readings, core.clock, producerOptions),
    attach: attachments.attach,
    records: (vocabulary, profile) => choices.records(vocabulary, profile),
    configure(chosen) {
      choices.apply(chosen)
      if (chosen.exemplars !== undefined) {
        context.exemplarSource = exemplarSourceOf(chosen.exemplars, () => core.drop('exemplar', 'threw'))
      }
      attachments.refresh()
    },
    extend(more) {
      extend(more)
      // The same store, which now also has the entries just added.
      return store as unknown as Store<never>
    },
  }
  return store
}

/** Maximum number of stored templates: routes declared from data would otherwise grow with the data. */
const MAX_DECLARED_ROUTES = 5000

/** The methods that depend on neither the catalogue nor the settings. */
function recordingOf({ clock, context, table, drop, caught, guard }: StoreCore) {
  return {
    clock,
    caught,
    guard,
    recordMetric(name, value, labels) {
      try {
        if (!table.write(name, value, labels)) drop('unknown', 'unknown_metric')
      } catch (error) {
        caught('write', error)
      }
    },
    declareRoute(template) {
      const { declaredRoutes } = context
      if (typeof template === 'string' && declaredRoutes.size < MAX_DECLARED_ROUTES) declaredRoutes.add(template)
    },
    pseudonym: (id) => guard('pseudonym', () => context.pseudonym(String(id))) ?? '',
    drop: (metric, reason) => void guard('drop', () => drop(metric, reason)),
  } satisfies Partial<Store>
}
