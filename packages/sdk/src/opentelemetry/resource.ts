import { randomUUID } from 'node:crypto'
import type { Resource } from '@opentelemetry/resources'
import { resolveOptions } from '@quipu/catalog/options'
import { INSTANCE } from '@quipu/catalog/symbols'
import { environment } from '../configuration/environment.js'
import { environmentOptions } from '../configuration/environment-options.js'
import { loadResources } from '../optional.cjs'

/**
 * The resource of what is exported. OpenTelemetry's default detectors also find the process's command line, its owner's
 * name and the host's; they run only when OTEL_NODE_RESOURCE_DETECTORS asks for them (T4). The instance has a random id,
 * so that two processes of a service are never taken for one; it is the process's own, however often it starts and shuts
 * down, since its counters go on. The processes of a group, which have one stream, have one.
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

/** The id of this process: its own as long as it lives, however often it starts and shuts down. */
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
