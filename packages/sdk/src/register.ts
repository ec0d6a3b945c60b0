// `node --import @quipu/sdk/register app.js`: an application that exists, unchanged (usage.md §1).
import { QuipuError } from '@quipu/catalog/builtin'
import { defaultRecorder, isSdkDisabled } from '@quipu/core'
import { observeHttpClients, observeHttpServers } from '@quipu/http/node-http'
import { observeModelCalls } from '@quipu/llm'
import { claimApplication, isTestRun, isToolProcess, releaseApplication } from '@quipu/processes'
import type { LoadedLibrary } from './auto/libraries.js'
import { observePublishedRoutes, servers } from './auto/servers.js'
import { whenSettled } from './auto/settled.js'
import { watchModules } from './auto/watch-modules.js'
import { whenActive } from './auto/when-active.js'
import type { Quipu } from './lifecycle/quipu.js'
import type { StartedParts } from './lifecycle/running.js'
import { keepEarlyMeters } from './opentelemetry/early-meters.js'
import { startReplaceable } from './start.js'

/** From the port that is wanted, this many are tried. */
const PORTS = 100

if (!isSdkDisabled() && !isTestRun()) {
  const isTool = isToolProcess()
  if (!isTool) claimApplication()
  // Requests and model calls that come before the application is loaded are recorded too.
  keepEarlyMeters()
  const stopServers = observeHttpServers()
  const stopClients = observeHttpClients()
  observePublishedRoutes()
  const stopModels = observeModelCalls()
  const stopEarly = (): void => {
    stopServers()
    stopClients()
    stopModels()
  }
  const modules = watchModules(servers, new URL('./auto/esm-hooks.js', import.meta.url))
  const begin = (reason: 'loaded' | 'ending'): void => {
    try {
      const { quipu, parts, isStart } = startReplaceable({}, { ports: PORTS })
      stopEarly()
      const said = isStart ? sayFound(modules.loaded, quipu, parts) : Promise.resolve()
      void said.finally(() => {
        if (reason === 'ending') void quipu.shutdown()
      })
    } catch (error) {
      releaseApplication()
      // Configuration throws; an application that did not ask for it is not to end by it.
      say(`off: ${QuipuError.isInstance(error) ? `${error.code} ${error.message}` : String(error)}`)
    }
  }
  // Not before the application is loaded: one that has an OpenTelemetry SDK, or calls start() itself, comes first.
  whenSettled(modules, (reason) => {
    if (!isTool) begin(reason)
    else if (reason === 'loaded') whenActive(defaultRecorder(), () => begin(reason))
  })
}

/** Only the first process of an application says what was found; its other processes and threads say nothing. */
async function sayFound(
  libraries: readonly LoadedLibrary[],
  quipu: Quipu,
  { models, otlp }: StartedParts,
): Promise<void> {
  const found = libraries.map(
    ({ name, version, isObserved }) => `${name} ${version}${isObserved ? '' : ' (not known)'}`,
  )
  const pages = await quipu.ready.then(
    ({ urls }) => (urls.custom === '' ? [] : [`pages ${urls.custom}`]),
    (error: unknown) => [`no pages: ${QuipuError.isInstance(error) ? error.what : String(error)}`],
  )
  const http = found.length === 0 ? [] : [`http ${found.join(', ')}`]
  const seen = models ? ['models seen on the wire'] : []
  const pushed = otlp === undefined ? [] : [`otlp ${otlp}`]
  const parts = [...http, ...seen, ...pages, ...pushed]
  say(parts.length === 0 ? 'on' : parts.join(' · '))
}

function say(text: string): void {
  process.stderr.write(`quipu: ${text}\n`)
}
