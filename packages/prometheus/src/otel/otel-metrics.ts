// The parts of @opentelemetry/sdk-metrics 2.x and 3.x that a page reads, as structural types, so that neither is
// loaded.

/** Attribute values are untrusted and can have any type. */
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

/** Collects from a reader: `(options) => reader.collect(options)`. */
export type OtelCollect = (options: { readonly timeoutMillis: number }) => Promise<OtelCollection>
