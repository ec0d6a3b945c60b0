// `node --import @quipu/sdk/register app.js`: observes an existing application without changes to it.
import { QuipuError } from '@quipu/catalog/builtin'
import { defaultRecorder, isSdkDisabled, writeToStderr } from '@quipu/core'
import { observeNitro, reportErrors, usesAdapter } from '@quipu/http/auto'
import { observeHttpClients, observeHttpServers } from '@quipu/http/node-http'
import { chooseReports } from '@quipu/http/reports'
import { observeModelCalls } from '@quipu/llm'
import { claimApplication, isTestRun, isToolProcess, releaseApplication } from '@quipu/processes'
import { builtNitro } from './auto/built-nitro.js'
import type { LoadedLibrary } from './auto/libraries.js'
import { modelLibraries } from './auto/model-libraries.js'
import { otherLibraries } from './auto/other-libraries.js'
import { observePublishedRoutes, servers } from './auto/servers.js'
import { type ModuleWatch, watchModules } from './auto/watch-modules.js'
import { whenActive } from './auto/when-active.js'
import { whenLoaded } from './auto/when-loaded.js'
import { chosenReports } from './configuration/report-options.js'
import type { Quipu } from './lifecycle/quipu.js'
import type { StartedParts } from './lifecycle/running.js'
import { keepEarlyMeters } from './opentelemetry/early-meters.js'
import { startReplaceable } from './start.js'

/** Number of ports to try, from the configured one upwards. */
const PORTS = 100

if (!isSdkDisabled() && !isTestRun()) {
  const isTool = isToolProcess()
  if (!isTool) claimApplication()
  // Requests and model calls from before the application is loaded are recorded as well.
  keepEarlyMeters()
  const stopServers = observeHttpServers()
  const stopClients = observeHttpClients()
  observePublishedRoutes()
  reportErrors()
  const stopModels = observeModelCalls()
  const stopEarly = (): void => {
    stopServers()
    stopClients()
    stopModels()
  }
  chooseReports(chosenReports())
  const modules = watchModules(
    [...servers, ...otherLibraries, ...modelLibraries],
    new URL('./auto/esm-hooks.js', import.meta.url),
    observeNitro,
  )
  const begin = (reason: 'loaded' | 'active' | 'ending'): void => {
    try {
      const { quipu, parts, isStart } = startReplaceable({}, { ports: PORTS })
      stopEarly()
      const reported = isStart ? reportFound(modules, quipu, parts) : Promise.resolve()
      void reported.finally(() => {
        if (reason === 'ending') void quipu.shutdown()
      })
    } catch (error) {
      releaseApplication()
      // An error of configuration must not end an application whose code did not ask for Quipu.
      writeToStderr(`quipu: off: ${QuipuError.isInstance(error) ? `${error.code} ${error.message}` : String(error)}`)
    }
  }
  // After the application is loaded: its own OpenTelemetry SDK or start() takes precedence.
  whenLoaded(modules, (reason) => {
    const isEnding = reason === 'beforeExit' || reason === 'exit'
    // A process that has recorded nothing exits without a start.
    if (isTool || reason === 'exit') whenActive(defaultRecorder(), begin, { isEnding })
    else begin(isEnding ? 'ending' : 'loaded')
  })
}

/** Only the first process of an application prints the line; its other processes and threads print nothing. */
async function reportFound(
  { entry, loaded, isBuiltObserved, seesImports }: ModuleWatch,
  quipu: Quipu,
  { models, reports, otlp }: StartedParts,
): Promise<void> {
  const pages = await quipu.ready.then(
    ({ urls }) => [
      ...(urls.custom === '' ? [] : [`pages ${urls.custom}`]),
      ...(urls.studio === undefined ? [] : [`studio ${urls.studio}`]),
    ],
    (error: unknown) => [`no pages: ${QuipuError.isInstance(error) ? error.what : String(error)}`],
  )
  const nitro = builtNitro(entry, isBuiltObserved() || usesAdapter('nitro'))
  const libraries = nitro === undefined ? loaded : [...loaded, nitro]
  const others = (['http', ...reports] as const).flatMap((kind) => {
    const found = foundOf(libraries, kind)
    return found.length === 0 ? [] : [`${kind} ${found.join(', ')}`]
  })
  const frameworks = foundOf(libraries, 'framework')
  const seen = models ? [['models seen on the wire', ...frameworks].join(', ')] : []
  const pushed = otlp === undefined ? [] : [`otlp ${otlp}`]
  const unseen = [...(seesImports ? [] : ['imported frameworks and MCP by instrument only']), ...unseenServers()]
  const parts = [...others, ...seen, ...unseen, ...pages, ...pushed]
  writeToStderr(`quipu: ${parts.length === 0 ? 'on' : parts.join(' · ')}`)
}

/** The servers whose requests no source of the runtime has. */
function unseenServers(): readonly string[] {
  if (process.versions.bun !== undefined) return ['no requests of node:http2 and of static routes on Bun']
  if (process.versions.deno !== undefined) return ['no requests of deno serve']
  return []
}

function foundOf(libraries: readonly LoadedLibrary[], kind: LoadedLibrary['kind']): readonly string[] {
  return libraries
    .filter((library) => library.kind === kind)
    .map(({ name, version, isObserved }) => `${name} ${version}${isObserved ? '' : ' (not known)'}`)
}
