import './default-lines.js'

export { logMetric } from '@quipu/core'
