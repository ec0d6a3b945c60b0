import { readFileSync, readlinkSync } from 'node:fs'
import { isMainThread, threadId } from 'node:worker_threads'

/**
 * A recording process or thread: `<pid>-<started>-<pid>t<thread>`. The start distinguishes a reused pid from its
 * predecessor. On Linux, a thread has the kernel's number instead of the pid, so that its end can be detected like that
 * of a process: `worker.terminate()` runs no code in it.
 */
export type ProcessId = string

let own: ProcessId | undefined

/** Returns the id of this thread of this process. */
export function ownProcessId(): ProcessId {
  const task = isMainThread ? process.pid : ownTask()
  own ??= `${task}-${readStart(task) ?? '0'}-${process.pid}t${threadId}`
  return own
}

/**
 * Returns whether a process or thread ends with this thread: the thread itself, or all threads of the process for the
 * main one.
 */
export function endsWithUs(id: ProcessId): boolean {
  return isMainThread ? id.split('-')[2]?.startsWith(`${process.pid}t`) === true : id.startsWith(`${ownProcessId()}-`)
}

/** Returns whether it is this process's thread with this number (`worker.threadId`). */
export function isThread(id: ProcessId, threadId: number): boolean {
  return id.split('-')[2] === `${process.pid}t${threadId}`
}

/** Returns `<pid>-<started>` of a process. */
export function processKey(pid: number): string {
  return `${pid}-${readStart(pid) ?? '0'}`
}

/** Returns whether the process, or thread, exists. A thread without a kernel number exists as long as its process. */
export function isAlive(id: ProcessId): boolean {
  const [pid = '', start = ''] = id.split('-')
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0) return false
  try {
    process.kill(number, 0)
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const now = readStart(number)
  return now === undefined || start === '0' || now === start
}

/** Returns whether the kernel numbers threads, so that a terminated one can be distinguished from a running one. */
export function areThreadsNumbered(): boolean {
  return currentTask() !== undefined
}

function ownTask(): number {
  return currentTask() ?? process.pid
}

/** The kernel's number of this thread (proc(5), thread-self); a synchronous call runs in the thread itself. */
function currentTask(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/')[2])
  } catch {
    return undefined
  }
}

/** Start of a process in clock ticks since boot, if the kernel reports it (proc(5), field 22 of stat). */
function readStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field, the program's name, may contain spaces and brackets; the third (state) follows its last
    // bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended and waits for its parent.
    return fields[0] === 'Z' ? 'ended' : fields[19]
  } catch {
    return undefined
  }
}
