export {
  type Failure,
  framingOf,
  type ReportedCall,
  type RequestDetails,
  type ResponseTarget,
} from './protocol.js'
export { type MatchedPath, matchPath, matchRequest } from './protocols.js'
export { costHeader } from './providers/reported-cost.js'
export type { BodyReader } from './read/body-reader.js'
export { JsonReader } from './read/json-reader.js'
export type { NumberTree } from './read/selection.js'
