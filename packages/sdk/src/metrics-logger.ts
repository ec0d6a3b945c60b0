export { logMetric } from '@quipu/core'
