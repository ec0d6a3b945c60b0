import './default-lines.js'

export {
  touchSession,
  trackAuthFailure,
  trackSessionEnd,
  trackSessionStart,
  trackUserLogin,
  trackUserRegistration,
} from '@quipu/core'
