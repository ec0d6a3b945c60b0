export { createTestRecorder, type TestRecorder } from './create-test-recorder.js'
export type { DistributionValue, SeriesValue } from './read-value.js'
export { createTestClock, type TestClock } from './test-clock.js'
