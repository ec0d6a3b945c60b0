import { randomUUID } from 'node:crypto'
import type { Resource } from '@opentelemetry/resources'
import { resolveOptions } from '@quipu/catalog/options'
import { INSTANCE } from '@quipu/catalog/symbols'
import { environment } from '../configuration/environment.js'
import { environmentOptions } from '../configuration/environment-options.js'
import { loadResources } from '../optional.cjs'

/**
 * Creates the resource of exports. OpenTelemetry's default detectors also read the process's command line and the names
 * of its owner and host, so they run only if OTEL_NODE_RESOURCE_DETECTORS selects them. The instance has a random id
 * that distinguishes the processes of a service. It stays the same as long as the process lives, across starts and
 * shutdowns, because its counters continue. The processes of a group have one stream and share one id.
 */
export function createResource(
  attributes: { readonly [name: string]: string | number | boolean },
  instanceId: string = ownInstanceId(),
): Resource {
  const { defaultResource, detectResources, resourceFromAttributes } = loadResources()
  return defaultResource()
    .merge(
      resourceFromAttributes({
        'service.instance.id': instanceId,
        'process.runtime.name': 'nodejs',
        'process.runtime.version': process.versions.node,
      }),
    )
    .merge(detectResources({ detectors: detectors() }))
    .merge(resourceFromAttributes(attributes))
}

const holder: typeof globalThis & { [INSTANCE]?: string } = globalThis

/** Returns the id of this process, which stays the same across starts and shutdowns. */
export function ownInstanceId(): string {
  holder[INSTANCE] ??= randomUUID()
  return holder[INSTANCE]
}

function detectors() {
  const { hostDetector, osDetector, processDetector, serviceInstanceIdDetector } = loadResources()
  // `env` is read with the rest of the environment.
  const known = {
    env: [],
    host: [hostDetector],
    os: [osDetector],
    process: [processDetector],
    serviceinstance: [serviceInstanceIdDetector],
    none: [],
  }
  const all = [hostDetector, osDetector, processDetector, serviceInstanceIdDetector]
  const names = resolveOptions(environmentOptions, {}, environment).resourceDetectors
  if (names === undefined || names.includes('none')) return []
  return names.flatMap((name) => (name === 'all' ? all : known[name]))
}
