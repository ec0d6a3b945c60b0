import type { Meter, MeterOptions, MeterProvider } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { IMetricReader, MetricReader, MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import { diag, registeredMeterProvider } from '@quipu/core'
import type { OtelCollect } from '@quipu/prometheus'
import { loadApi, loadSdkMetrics } from '../optional.cjs'
import { whenApiIsUsed } from './when-api-is-used.js'

/** What a provider of our own is made of. */
export interface OwnProviderParts {
  readonly pushReaders: readonly IMetricReader[]
  /** Whether a page shows what it collects. */
  readonly hasPage: boolean
  /** Whether the page shows the resource, which is loaded for it then. */
  readonly showsResource: boolean
  readonly resource: () => Resource
}

/**
 * A MeterProvider whose readers are ours. OpenTelemetry's SDK is loaded when the first meter is asked for, and at once:
 * most applications use no OpenTelemetry instruments.
 */
export class OwnMeterProvider implements MeterProvider {
  readonly #parts: OwnProviderParts
  #made: { readonly provider: SdkMeterProvider; readonly page: MetricReader | undefined } | undefined
  #isShutDown = false
  #stopWaiting: (() => void) | undefined
  #cannotLoad = false

  constructor(parts: OwnProviderParts) {
    this.#parts = parts
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    const provider = this.#tryToMake()
    return provider === undefined ? loadApi().createNoopMeter() : provider.getMeter(name, version, options)
  }

  /** The provider; undefined where OpenTelemetry's SDK cannot be loaded, as in some bundles: an application never sees that. */
  #tryToMake(): SdkMeterProvider | undefined {
    if (this.#cannotLoad) return undefined
    try {
      return this.make()
    } catch (error) {
      this.#cannotLoad = true
      diag.error("quipu: OpenTelemetry's SDK cannot be loaded, so its instruments record nothing", error)
      return undefined
    }
  }

  /** Makes the provider now: readers that push have to be read. */
  make(): SdkMeterProvider {
    if (this.#made !== undefined) return this.#made.provider
    const { pushReaders, hasPage, resource } = this.#parts
    const { MeterProvider, MetricReader } = loadSdkMetrics()
    class PageReader extends MetricReader {
      protected override async onForceFlush(): Promise<void> {}
      protected override async onShutdown(): Promise<void> {}
    }
    const page = hasPage ? new PageReader() : undefined
    const readers = [...pushReaders, ...(page === undefined ? [] : [page])]
    const provider = new MeterProvider({ resource: resource(), readers })
    this.#made = { provider, page }
    return provider
  }

  /** Collects the instruments for a page. Nothing is loaded for it while there are none. */
  readonly collect: OtelCollect = (options) => {
    const page = this.#made?.page
    if (page !== undefined && !this.#isShutDown) return page.collect(options)
    const { showsResource, resource } = this.#parts
    const shown = showsResource ? resource() : { attributes: {} }
    return Promise.resolve({ resourceMetrics: { resource: shown, scopeMetrics: [] }, errors: [] })
  }

  /** Makes it the process's provider, so that every OpenTelemetry instrument is on our pages and in our exports. */
  register(): void {
    this.#stopWaiting = whenApiIsUsed(() => loadApi().metrics.setGlobalMeterProvider(this))
  }

  /** Collects and exports a last time, and gives back what was registered. May take as long as a back end lets it. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true
    this.#stopWaiting?.()
    if (registeredMeterProvider() === this) loadApi().metrics.disable()
    await this.#made?.provider.shutdown()
  }
}
