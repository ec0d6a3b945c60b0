import { readFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'

/** One recording process or thread: `<pid>-<started>-<thread>`; the start keeps a reused pid from being taken for its predecessor. */
export type ProcessId = string

const started = new Map<number, string>()

/** This thread of this process. */
export function ownProcessId(): ProcessId {
  return `${process.pid}-${startOf(process.pid) ?? '0'}-${threadId}`
}

/** The process a group is named after: the one that forked us, as its own children and it itself see it. */
export function groupName(pid: number): string {
  return `quipu-${process.getuid?.() ?? 'u'}-${pid}-${startOf(pid) ?? '0'}`
}

/** Whether the process is still there. A thread cannot be asked: it says itself when it ends. */
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

function startOf(pid: number): string | undefined {
  const known = started.get(pid)
  if (known !== undefined) return known
  const read = readStart(pid)
  if (read !== undefined) started.set(pid, read)
  return read
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
