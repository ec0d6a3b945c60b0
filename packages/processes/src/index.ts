export type { ExportNotes, GroupProducer, GroupProducerOptions } from './group-producer.js'
export { isAlive, ownProcessId, type ProcessId } from './identity/process-id.js'
export { joinProcesses, type ProcessGroup } from './join-processes.js'
