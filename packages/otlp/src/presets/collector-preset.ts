import { QuipuError } from '@quipu/catalog/builtin'

/** Back ends that are reached through a Collector only, with the forms that it needs. */
export const collectorRules = {
  cloudwatch: {
    because: 'CloudWatch requires signed requests',
    temporality: 'cumulative',
    histograms: 'explicit',
    // As in AWS's own example.
    maxPoints: 200,
  },
  azure: {
    because: 'Azure Monitor requires Entra ID tokens, which expire',
    // Its own boards expect both.
    temporality: 'delta',
    histograms: 'exponential',
    maxPoints: undefined,
  },
  gcp: {
    because: 'Google Cloud requires tokens that expire',
    temporality: 'cumulative',
    histograms: 'explicit',
    // The Telemetry API's limit.
    maxPoints: 200,
  },
} as const

export type CollectorBackend = keyof typeof collectorRules

interface Target {
  readonly url: string
  /** The Collector's extension that signs requests or renews tokens. */
  readonly extension: { readonly name: string; readonly settings: { readonly [key: string]: CollectorSetting } }
  /** Required attributes of the resource. */
  readonly resource?: { readonly [name: string]: string }
}

type CollectorSetting = string | number | boolean | readonly string[]

/** Printed by `toCollectorYaml`. `start({ otlp })` refuses it, by its type and with QUIPU_BACKEND_REFUSES. */
export type CollectorPreset<B extends CollectorBackend> = Target & {
  readonly backend: B
  /** Why an application cannot send to this back end itself. */
  readonly because: (typeof collectorRules)[B]['because']
  readonly temporality: (typeof collectorRules)[B]['temporality']
  readonly histograms: (typeof collectorRules)[B]['histograms']
  readonly maxPointsPerRequest?: number | undefined
}

export type AnyCollectorPreset = { readonly [B in CollectorBackend]: CollectorPreset<B> }[CollectorBackend]

/** Creates a preset that only a Collector can use. */
export function createCollectorPreset<B extends CollectorBackend>(backend: B, target: Target): CollectorPreset<B> {
  const { because, temporality, histograms, maxPoints } = collectorRules[backend]
  return { ...target, backend, because, temporality, histograms, maxPointsPerRequest: maxPoints }
}

/**
 * Refuses a preset for a Collector.
 * @throws QuipuError QUIPU_BACKEND_REFUSES
 */
export function refuseCollectorBackend(backend: unknown): void {
  if (!isCollectorBackend(backend)) return
  throw new QuipuError('QUIPU_BACKEND_REFUSES', {
    what: `${collectorRules[backend].because}, so that metrics cannot be pushed there from here.`,
    got: `otlp: ${backend}({ … })`,
    fix: `otlp: toCollector(${backend}({ … })), and give the Collector what toCollectorYaml(${backend}({ … })) prints`,
  })
}

export function isCollectorBackend(value: unknown): value is CollectorBackend {
  return typeof value === 'string' && Object.hasOwn(collectorRules, value)
}
