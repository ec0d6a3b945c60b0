import type { Meter, MeterOptions, MeterProvider } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { IMetricReader, MetricReader, MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import { diag, registeredMeterProvider } from '@quipu/core'
import type { OtelCollect } from '@quipu/prometheus'
import { loadApi, loadSdkMetrics } from '../optional.cjs'
import { whenApiIsUsed } from './when-api-is-used.js'

/** The parts of Quipu's own provider. */
export interface OwnProviderParts {
  readonly pushReaders: readonly IMetricReader[]
  /** Whether a page shows its metrics. */
  readonly hasPage: boolean
  /** Whether the page shows the resource, which is then loaded. */
  readonly showsResource: boolean
  readonly resource: () => Resource
}

/**
 * A MeterProvider with Quipu's readers. It loads OpenTelemetry's SDK synchronously when the first meter is requested,
 * because most applications use no OpenTelemetry instruments.
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

  /**
   * Returns the provider; undefined if OpenTelemetry's SDK cannot be loaded, as in some bundles. The application gets
   * no error.
   */
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

  /** Creates the provider now, because push readers need it. */
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

  /** Collects the instruments for a page. Without instruments, it loads nothing. */
  readonly collect: OtelCollect = (options) => {
    const page = this.#made?.page
    if (page !== undefined && !this.#isShutDown) return page.collect(options)
    const { showsResource, resource } = this.#parts
    const shown = showsResource ? resource() : { attributes: {} }
    return Promise.resolve({ resourceMetrics: { resource: shown, scopeMetrics: [] }, errors: [] })
  }

  /**
   * Registers it as the provider of the process, so that all OpenTelemetry instruments are on Quipu's pages and in its
   * exports.
   */
  register(): void {
    this.#stopWaiting = whenApiIsUsed(() => loadApi().metrics.setGlobalMeterProvider(this))
  }

  /** Exports a last time and unregisters the provider. Its duration depends on the back end. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true
    this.#stopWaiting?.()
    if (registeredMeterProvider() === this) loadApi().metrics.disable()
    await this.#made?.provider.shutdown()
  }
}
