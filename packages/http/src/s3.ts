export type { InstrumentOptions } from './reports/instrument-options.js'
export { instrument, type S3ClientLike } from './s3/instrument.js'
