export type { InstrumentOptions } from './reports/watch.js'
export { instrument, type S3ClientLike } from './s3/instrument.js'
