import type {
  Attributes,
  BatchObservableCallback,
  Context,
  Meter,
  MeterOptions,
  MeterProvider,
  MetricOptions,
  Observable,
  ObservableCallback,
} from '@opentelemetry/api'
import { registeredMeterProvider } from '@quipu/core'
import { loadApi } from '../optional.cjs'
import { whenApiIsUsed } from './when-api-is-used.js'

/** Maximum number of measurements that wait for a provider. Further ones are counted and lost. */
const MAX_WAITING = 10_000

type SynchronousKind = 'createCounter' | 'createUpDownCounter' | 'createGauge' | 'createHistogram'
type ObservableKind = 'createObservableCounter' | 'createObservableUpDownCounter' | 'createObservableGauge'
type Measure = (value: number, attributes?: Attributes, context?: Context) => void

/** Measurements of all early instruments, in chronological order. */
let waiting: (() => void)[] = []
let lost = 0
let provider: MeterProvider | undefined
const unbound = new Set<EarlyMeter>()
let isKeeping = false

/** An instrument that stores its measurements until there is a provider, and then records into the real one. */
class EarlyInstrument {
  #measure: Measure | undefined

  add(value: number, attributes?: Attributes, context?: Context): void {
    this.#record(value, attributes, context)
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    this.#record(value, attributes, context)
  }

  bind(measure: Measure): void {
    this.#measure = measure
  }

  #record(value: number, attributes: Attributes | undefined, context: Context | undefined): void {
    if (this.#measure !== undefined) this.#measure(value, attributes, context)
    else if (waiting.length < MAX_WAITING) waiting.push(() => this.#measure?.(value, attributes, context))
    else lost++
  }
}

/** An observable instrument whose callbacks are added to the real one when there is a provider. */
class EarlyObservable implements Observable {
  #real: Observable | undefined
  readonly #callbacks = new Set<ObservableCallback>()

  get real(): Observable {
    return this.#real ?? this
  }

  addCallback(callback: ObservableCallback): void {
    if (this.#real === undefined) this.#callbacks.add(callback)
    else this.#real.addCallback(callback)
  }

  removeCallback(callback: ObservableCallback): void {
    this.#callbacks.delete(callback)
    this.#real?.removeCallback(callback)
  }

  bind(real: Observable): void {
    this.#real = real
    for (const callback of this.#callbacks) real.addCallback(callback)
    this.#callbacks.clear()
  }
}

/** A meter that creates instruments before there is a provider. */
class EarlyMeter implements Meter {
  #real: Meter | undefined
  readonly #open: () => Meter
  readonly #steps: ((real: Meter) => void)[] = []

  constructor(open: () => Meter) {
    this.#open = open
  }

  createCounter(name: string, options?: MetricOptions) {
    return this.#synchronous('createCounter', name, options)
  }
  createUpDownCounter(name: string, options?: MetricOptions) {
    return this.#synchronous('createUpDownCounter', name, options)
  }
  createGauge(name: string, options?: MetricOptions) {
    return this.#synchronous('createGauge', name, options)
  }
  createHistogram(name: string, options?: MetricOptions) {
    return this.#synchronous('createHistogram', name, options)
  }
  createObservableCounter(name: string, options?: MetricOptions) {
    return this.#observable('createObservableCounter', name, options)
  }
  createObservableUpDownCounter(name: string, options?: MetricOptions) {
    return this.#observable('createObservableUpDownCounter', name, options)
  }
  createObservableGauge(name: string, options?: MetricOptions) {
    return this.#observable('createObservableGauge', name, options)
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#whenReal((real) => real.addBatchObservableCallback(onReal(callback), observables.map(realOf)))
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#whenReal((real) => real.removeBatchObservableCallback(onReal(callback), observables.map(realOf)))
  }

  /** Opens the real meter if this one has instruments. */
  bind(): void {
    if (this.#steps.length === 0) return
    const steps = this.#steps.splice(0)
    const real = this.real()
    for (const step of steps) step(real)
  }

  real(): Meter {
    this.#real ??= this.#open()
    return this.#real
  }

  #synchronous(kind: SynchronousKind, name: string, options: MetricOptions | undefined): EarlyInstrument {
    const instrument = new EarlyInstrument()
    this.#whenReal((real) => {
      const made = real[kind](name, options)
      instrument.bind('add' in made ? made.add.bind(made) : made.record.bind(made))
    })
    return instrument
  }

  #observable(kind: ObservableKind, name: string, options: MetricOptions | undefined): EarlyObservable {
    const observable = new EarlyObservable()
    this.#whenReal((real) => observable.bind(real[kind](name, options)))
    return observable
  }

  #whenReal(step: (real: Meter) => void): void {
    if (provider !== undefined) step(this.real())
    else {
      this.#steps.push(step)
      unbound.add(this)
    }
  }
}

const wrapped = new WeakMap<BatchObservableCallback, BatchObservableCallback>()

/** Converts a callback for early instruments to one for the real ones. */
function onReal(callback: BatchObservableCallback): BatchObservableCallback {
  const known = wrapped.get(callback)
  if (known !== undefined) return known
  const real: BatchObservableCallback = (result) =>
    callback({ observe: (observable, ...measurement) => result.observe(realOf(observable), ...measurement) })
  wrapped.set(callback, real)
  return real
}

function realOf(observable: Observable): Observable {
  return observable instanceof EarlyObservable ? observable.real : observable
}

/**
 * Lets OpenTelemetry instruments that are created before any MeterProvider record from their first measurement on. The
 * API gives such code meters of its no-op provider; that object gets a `getMeter` that remembers created instruments.
 * No provider is registered, so that the application can still register its own.
 */
export function keepEarlyMeters(): void {
  if (isKeeping || hostMeterProvider() !== undefined) return
  isKeeping = true
  whenApiIsUsed(() => {
    const { createNoopMeter, metrics } = loadApi()
    Object.defineProperty(metrics.getMeterProvider(), 'getMeter', {
      configurable: true,
      writable: true,
      enumerable: false,
      value: (name: string, version?: string, options?: MeterOptions): Meter =>
        new EarlyMeter(() => (provider ?? { getMeter: createNoopMeter }).getMeter(name, version, options)),
    })
  })
}

/** Gives early instruments their provider and their measurements. Returns the number of lost measurements. */
export function bindEarlyMeters(target: MeterProvider): number {
  provider = target
  for (const meter of unbound) meter.bind()
  unbound.clear()
  const measurements = waiting
  waiting = []
  for (const measure of measurements) measure()
  const dropped = lost
  lost = 0
  return dropped
}

/** Makes early instruments store their measurements again, for the next provider. */
export function releaseEarlyMeters(target: MeterProvider): void {
  if (provider === target) provider = undefined
}

/** Returns the MeterProvider that the application has registered, if any. */
export function hostMeterProvider(): MeterProvider | undefined {
  const registered = registeredMeterProvider()
  // Without a provider there is no need to load the API.
  if (registered === undefined) return undefined
  return registered.getMeter('@quipu/sdk') === loadApi().createNoopMeter() ? undefined : registered
}
