import { subscribe } from 'node:diagnostics_channel'
import type { FrameworkRequest } from '../requests/open-request.js'
import { createPrivateSlot } from '../requests/private-slot.js'
import { failRequest, openRequestOf } from '../requests/request-registry.js'
import { hasWholeUrl, joinTemplates, toTemplate } from './template.js'

/** Position of a request within nested routers: the matched mount path, and the template of the path up to there. */
interface Mount {
  readonly baseUrl: string
  readonly template: string
  readonly outer: Mount | undefined
}

/** The message that Express's router (2.3 and later) publishes before it calls a layer. */
interface LayerMessage {
  readonly req: RouterRequest
  readonly layer: object
  /** The pattern of the layer that matched. */
  readonly route: unknown
  /** Set for the callback of a parameter. */
  readonly param?: unknown
  /** What a layer threw; set for errors. */
  readonly error?: unknown
}

interface RouterRequest {
  readonly baseUrl?: string
  readonly route?: { readonly stack?: readonly object[] }
}

const root: Mount = { baseUrl: '', template: '', outer: undefined }
let isObserving = false
let lastTraced: object | undefined

/** Returns whether the router that currently handles this request publishes its layers. */
export function isTraced(request: object): boolean {
  return lastTraced === request
}

/**
 * Names the routes of Express 5.3 and later, and of other users of its router, and notes their errors, through the
 * diagnostics channel of the router. The channel has the templates of mount paths, which the request does not have. Never throws.
 *
 * @example
 * observeExpressRoutes()
 */
export function observeExpressRoutes(): void {
  if (isObserving) return
  isObserving = true
  const follow = (event: string, step: (message: LayerMessage) => void): void =>
    subscribe(`tracing:express.router.request:${event}`, (message) => {
      try {
        step(message as LayerMessage)
      } catch {
        // An unreadable layer names no route.
      }
    })
  follow('start', followLayer)
  follow('error', followFailure)
}

function followLayer({ req, layer, route, param }: LayerMessage): void {
  lastTraced = req
  const open = openRequestOf(req)
  if (open === undefined || param !== undefined) return
  const known = open.framework instanceof ExpressRequest ? open.framework : undefined
  let mount = known?.mount ?? root
  const baseUrl = req.baseUrl ?? ''
  while (mount.outer !== undefined && !isWithin(baseUrl, mount.baseUrl)) mount = mount.outer
  if (baseUrl !== mount.baseUrl) {
    const outer = templateAbove(mount, req, baseUrl.slice(mount.baseUrl.length))
    mount = { baseUrl, template: templateOf(layer, outer, route), outer: mount }
  } else if (req.route?.stack?.includes(layer) === true) {
    open.route = templateOf(layer, templateAbove(mount, req, ''), route)
  }
  if (known !== undefined) known.mount = mount
  else open.framework = new ExpressRequest(mount)
}

/** The template of the path above what a layer has matched. */
function templateAbove(mount: Mount, request: object, matched: string): string {
  return mount !== root && hasWholeUrl(request, matched) ? '' : mount.template
}

/** Remembers where a handler failed, because the router resets `baseUrl` before the error is answered. */
function followFailure({ req, error }: LayerMessage): void {
  failRequest(req, error)
  const request = openRequestOf(req)?.framework
  if (request instanceof ExpressRequest) request.failedAt ??= request.mount
}

/** The state of a request until its route is known. */
class ExpressRequest implements FrameworkRequest {
  mount: Mount
  failedAt: Mount | undefined = undefined

  constructor(mount: Mount) {
    this.mount = mount
  }

  /**
   * A handler without a route that responds, or fails, at its mount path. The router resets `baseUrl` when no handler
   * responds.
   */
  route({ baseUrl }: RouterRequest): string | undefined {
    const { mount, failedAt } = this
    if (mount.outer !== undefined && baseUrl === mount.baseUrl) return mount.template
    return failedAt?.outer === undefined ? undefined : failedAt.template
  }
}

function isWithin(url: string, base: string): boolean {
  return url === base || (url.startsWith(base) && (base === '' || url[base.length] === '/'))
}

/** The last template of a layer, which is returned again for a request that takes the same path. */
interface KnownTemplate {
  readonly outer: string
  readonly pattern: unknown
  readonly template: string
}

const templates = createPrivateSlot<KnownTemplate>()

function templateOf(layer: object, outer: string, pattern: unknown): string {
  const known = templates.get(layer)
  if (known !== undefined && known.outer === outer && known.pattern === pattern) return known.template
  const template = joinTemplates(outer, toTemplate(pattern))
  templates.set(layer, { outer, pattern, template })
  return template
}
