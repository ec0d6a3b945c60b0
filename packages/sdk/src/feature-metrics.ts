import './default-lines.js'

export {
  FeatureMetrics,
  startFeature,
  trackFeature,
  trackFeatureAsync,
  trackFeatureError,
  trackFeatureUsage,
  withFeature,
} from '@quipu/core'
