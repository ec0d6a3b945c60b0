export type { InstrumentOptions } from './events/instrument-options.js'
export { instrument, type S3ClientLike } from './s3/instrument.js'
