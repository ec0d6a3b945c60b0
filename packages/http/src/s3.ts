export type { InstrumentOptions } from './libraries/instrument-options.js'
export { instrument, type S3ClientLike } from './s3/instrument.js'
