import { readFileSync } from 'node:fs'
import { runProgram } from '../../servers/run-program.js'
import { serverPath } from '../../servers/server-path.js'
import { startServerProcess } from '../../servers/server-process.js'
import { waitUntil } from '../../servers/wait-until.js'

/** A network and process namespace, which has only its own loopback interface. */
export interface Namespace {
  /** Arguments of `nsenter`, before the command. */
  readonly nsenter: readonly string[]
  removeAddress(address: string): Promise<void>
  /** Ends every process in it. */
  end(): Promise<void>
}

/** Returns the reason why this user may not create a namespace with its own mounts here; null if allowed. */
export async function refusedNamespace(): Promise<string | null> {
  try {
    const { code, stderr } = await runProgram('unshare', ['--net', '--pid', '--mount', '--fork', 'true'])
    return code === 0 ? null : stderr.trim()
  } catch (error) {
    return String(error)
  }
}

/** Creates a namespace whose loopback has only 127.0.0.1 and the given addresses. Needs root. */
export async function startNamespace(addresses: readonly string[]): Promise<Namespace> {
  const busybox = serverPath('busybox')
  const script = [
    `${busybox} ip link set lo up`,
    `${busybox} ip addr flush dev lo`,
    ...['127.0.0.1', ...addresses].map((address) => `${busybox} ip addr add ${address}/32 dev lo`),
    'echo namespace is ready',
    `exec ${busybox} sleep 2147483647`,
  ]
  // Everything in it ends with its first process, that one with unshare, and unshare with this process.
  const own = await startServerProcess('unshare', [
    ...['--net', '--pid', '--fork', '--kill-child=KILL', busybox, 'sh', '-ec'],
    script.join('\n'),
  ])
  await waitUntil(
    async () => own.output().includes('namespace is ready') || undefined,
    10_000,
    () => `no namespace:\n${own.output()}`,
  ).catch(async (error) => {
    await own.kill()
    throw error
  })
  const first = readFileSync(`/proc/${own.pid}/task/${own.pid}/children`, 'utf8').trim()
  const nsenter = ['--target', first, '--net', '--pid']
  return {
    nsenter,
    async removeAddress(address) {
      const remove = [...nsenter, busybox, 'ip', 'addr', 'del', `${address}/32`, 'dev', 'lo']
      const { code, stderr } = await runProgram('nsenter', remove)
      if (code !== 0) throw new Error(`cannot take ${address} away: ${stderr}`)
    },
    end: () => own.kill(),
  }
}
