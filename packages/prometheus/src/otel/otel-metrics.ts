// The shapes of @opentelemetry/sdk-metrics 2.x and 3.x as far as a page reads them. Structural, so that neither is loaded.

/** Attribute values are untrusted: what an instrumentation passed is what comes. */
export type OtelAttributes = { readonly [name: string]: unknown }
export type OtelTime = readonly [seconds: number, nanoseconds: number]

export interface OtelDataPoint {
  readonly attributes: OtelAttributes
  readonly startTime: OtelTime
  readonly value: unknown
}

export interface OtelMetric {
  readonly descriptor: { readonly name: string; readonly description: string; readonly unit: string }
  /** 0 delta, 1 cumulative. */
  readonly aggregationTemporality: number
  /** 0 histogram, 1 exponential histogram, 2 gauge, 3 sum. */
  readonly dataPointType: number
  readonly isMonotonic?: boolean
  readonly dataPoints: readonly OtelDataPoint[]
}

export interface OtelScopeMetrics {
  readonly scope: { readonly name: string; readonly version?: string | undefined }
  readonly metrics: readonly OtelMetric[]
}

export interface OtelCollection {
  readonly resourceMetrics: {
    readonly resource: { readonly attributes: OtelAttributes }
    readonly scopeMetrics: readonly OtelScopeMetrics[]
  }
  readonly errors: readonly unknown[]
}

/** A reader's `collect`: `(options) => reader.collect(options)`. */
export type OtelCollect = (options: { readonly timeoutMillis: number }) => Promise<OtelCollection>
