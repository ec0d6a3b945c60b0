import { failRequest } from '../requests/request-registry.js'
import type { ElysiaLike } from './elysia-routes.js'

/**
 * Notes the errors of the routes that an application declares from now on. Elysia reads the source of a hook to find the
 * properties that the hook uses: only these two, so that it parses no body for it.
 */
export function noteElysiaErrors(app: Pick<ElysiaLike, 'onError'>): void {
  app.onError(({ error, request }) => failRequest(request.runtime?.node?.req ?? request, error))
}
