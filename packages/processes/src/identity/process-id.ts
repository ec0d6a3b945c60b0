import { readFileSync, readlinkSync } from 'node:fs'
import { isMainThread, threadId } from 'node:worker_threads'

/**
 * One recording process or thread: `<pid>-<started>-<pid>t<thread>`; the start keeps a reused pid from being taken for its
 * predecessor. A thread has the kernel's number for it in place of the pid where there is one (Linux), so that it can be
 * asked after like a process: `worker.terminate()` lets it say nothing.
 */
export type ProcessId = string

let own: ProcessId | undefined

/** This thread of this process. */
export function ownProcessId(): ProcessId {
  const task = isMainThread ? process.pid : ownTask()
  own ??= `${task}-${readStart(task) ?? '0'}-${process.pid}t${threadId}`
  return own
}

/** Whether it ends when this thread ends: it is itself, or all of its process when it is the main one. */
export function endsWithUs(id: ProcessId): boolean {
  return isMainThread ? id.split('-')[2]?.startsWith(`${process.pid}t`) === true : id.startsWith(`${ownProcessId()}-`)
}

/** Whether it is this process's thread of that number (`worker.threadId`). */
export function isThread(id: ProcessId, threadId: number): boolean {
  return id.split('-')[2] === `${process.pid}t${threadId}`
}

/** `<pid>-<started>` of a process. */
export function processKey(pid: number): string {
  return `${pid}-${readStart(pid) ?? '0'}`
}

/** Whether the process, or thread, is still there. A thread that the kernel has no number for is there while its process is. */
export function isAlive(id: ProcessId): boolean {
  const [pid = '', start = ''] = id.split('-')
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0) return false
  try {
    process.kill(number, 0)
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const now = readStart(number)
  return now === undefined || start === '0' || now === start
}

/** Whether the kernel numbers threads, so that a terminated one can be distinguished from a running one. */
export function areThreadsNumbered(): boolean {
  return currentTask() !== undefined
}

function ownTask(): number {
  return currentTask() ?? process.pid
}

/** The kernel's number for this thread (proc(5), thread-self): a synchronous call is made by the thread itself. */
function currentTask(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/')[2])
  } catch {
    return undefined
  }
}

/** Start of a process in clock ticks since boot, where the kernel says so (proc(5), field 22 of stat); else unknown. */
function readStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field, the program's name, may hold spaces and brackets; the third (state) follows its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; it only waits to be asked how.
    return fields[0] === 'Z' ? 'ended' : fields[19]
  } catch {
    return undefined
  }
}
