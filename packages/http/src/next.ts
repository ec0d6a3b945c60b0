export { type NextErrorContext, type NextErrorRequest, onRequestError } from './next/on-request-error.js'
export { type QuipuNextOptions, quipuNext } from './next/quipu-next.js'
