// The functions of the sources that marked clients call.

export { observeSmithyRequest } from './sources/observe-smithy-request.js'
export { sendMarked } from './sources/send-marked.js'
export { useSources } from './sources/use-sources.js'
