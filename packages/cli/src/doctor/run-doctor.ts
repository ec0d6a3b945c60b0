import { type Colours, createColours } from '../terminal/colours.js'
import { type CommandIo, exitCodes, UsageError } from '../terminal/io.js'
import { checkEnvironment } from './check-environment.js'
import { checkInstallation } from './check-installation.js'
import { checkPage } from './check-page.js'
import type { Finding } from './finding.js'

/** Options of `quipu doctor`. */
export interface DoctorOptions {
  readonly token?: string
  readonly json?: boolean
}

/** Checks the installation, the environment and, with an address, a running application; a problem is a finding. */
export async function runDoctor(
  url: string | undefined,
  { token, json }: DoctorOptions,
  io: CommandIo,
): Promise<number> {
  if (url !== undefined && !URL.canParse(url)) throw new UsageError(`${url} is not a URL: write http://127.0.0.1:9464`)
  const findings = [
    ...checkInstallation(io.cwd, process.version),
    ...(await checkEnvironment(io.env)),
    ...(url === undefined ? [] : await checkPage(url, token ?? io.env.QUIPU_PROMETHEUS_TOKEN)),
  ]
  const colours = createColours(io)
  await io.out(json ? `${JSON.stringify(findings)}\n` : findings.map((finding) => show(finding, colours)).join(''))
  const problems = findings.filter(({ state }) => state === 'problem').length
  io.err(problems === 0 ? 'no problem found' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`)
  return problems === 0 ? exitCodes.ok : exitCodes.findings
}

function show({ state, what, todo }: Finding, { good, bad, name, quiet }: Colours): string {
  const mark = { ok: good('ok     '), note: name('note   '), problem: bad('problem') }[state]
  return `${mark}  ${what}\n${todo === undefined ? '' : `         ${quiet(`→ ${todo}`)}\n`}`
}
