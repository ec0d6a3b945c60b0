export { type ObserveFetchOptions, observeFetch } from './fetch/observe-fetch.js'
