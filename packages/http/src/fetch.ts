export { type ObserveFetchOptions, observeFetch } from './fetch/follow-response.js'
