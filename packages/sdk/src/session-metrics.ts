export {
  touchSession,
  trackAuthFailure,
  trackSessionEnd,
  trackSessionStart,
  trackUserLogin,
  trackUserRegistration,
} from '@quipu/core'
