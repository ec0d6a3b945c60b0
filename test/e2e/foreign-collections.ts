import type { OtelCollection } from '@quipu/prometheus'
import fc from 'fast-check'

/** Values that a page has to escape or clean. */
export const hostileValues = [
  'a "quoted" \\ value',
  'two\nlines',
  'a|b',
  'a="b",c="d"} 1',
  '# EOF',
  '🙂 é 漢',
  '\ud800 alone',
  '\x1b[31mred\x1b[0m \r \u2028 \u202e',
  '__proto__',
  '{}',
]

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileValues))
const attributes = fc.dictionary(
  fc.oneof(fc.constantFrom('le', 'quantile', 'a.b', 'a_b', '', '9', 'otel_scope_name', '__name__', 'job'), text),
  fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text), fc.bigInt()),
  { maxKeys: 5 },
)
const value = fc.oneof(fc.double(), fc.integer({ min: 0 }))
const histogramValue = fc.uniqueArray(fc.integer({ min: -5, max: 100 }), { maxLength: 5 }).chain((bounds) =>
  fc.record({
    sum: fc.oneof(fc.double(), fc.constant(undefined)),
    buckets: fc.record({
      boundaries: fc.constant(bounds.sort((a, b) => a - b)),
      counts: fc.array(fc.nat(), { minLength: bounds.length + 1, maxLength: bounds.length + 1 }),
    }),
  }),
)
const side = fc.record({
  offset: fc.integer({ min: -300, max: 300 }),
  bucketCounts: fc.array(fc.nat(9), { maxLength: 20 }),
})
const exponentialValue = fc.record({
  scale: fc.integer({ min: -8, max: 20 }),
  sum: fc.double(),
  zeroCount: fc.nat(9),
  positive: side,
  negative: fc.oneof(side, fc.constant({ offset: 0, bucketCounts: [] })),
})
const startTime = fc.constant([1_700_000_000, 0] as const)
const foreignMetric = fc.constantFrom(0, 1, 2, 3).chain((dataPointType) =>
  fc.record({
    descriptor: fc.record({
      name: fc.oneof(fc.constantFrom('a', 'a.b', 'a_b', 'a_total', 'a_count', 'a.created', 'a_info'), text),
      description: text,
      unit: fc.constantFrom('', 's', 'By', '1', '{x}', 'By/s', '%', 'odd unit'),
    }),
    aggregationTemporality: fc.constant(1),
    dataPointType: fc.constant(dataPointType),
    isMonotonic: fc.boolean(),
    dataPoints: fc.array(
      fc.record({
        attributes,
        startTime,
        value: dataPointType === 0 ? histogramValue : dataPointType === 1 ? exponentialValue : value,
      }),
      { maxLength: 4 },
    ),
  }),
)
/** Collections of instruments that are not Quipu's. */
export const foreignCollection: fc.Arbitrary<OtelCollection> = fc.record({
  errors: fc.constant([]),
  resourceMetrics: fc.record({
    resource: fc.record({ attributes }),
    scopeMetrics: fc.array(
      fc.record({
        scope: fc.record({ name: text, version: text }),
        metrics: fc.array(foreignMetric, { maxLength: 4 }),
      }),
      { maxLength: 3 },
    ),
  }),
})
