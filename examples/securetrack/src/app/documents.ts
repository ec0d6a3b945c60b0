import { randomUUID } from 'node:crypto'
import { trackError, trackFileUpload, withUserAction } from '@quipu/sdk'
import { deleteWorkspace, trackUserAction, UserActionTimer, updateWorkspaceSize } from '@quipu/sdk/user-metrics'
import { json, type Request, type Response, Router, raw } from 'express'
import { type Analysis, Analyzer } from './analysis.js'
import { InvalidRequestError } from './error-answers.js'
import type { LLMService } from './llm-service.js'
import type { ObjectStore } from './object-store.js'
import { userOf } from './sign-in.js'

interface StoredDocument {
  readonly key: string
  readonly contentType: string
  readonly size: number
}

interface Workspace {
  readonly documents: Map<string, StoredDocument>
  readonly analyses: Analysis[]
}

/** Documents of a workspace, `/workspaces/:workspace`: upload, download, analysis, report. */
export function documents(store: ObjectStore, llm: LLMService): Router {
  const router = Router({ mergeParams: true })
  const workspaces = new Map<string, Workspace>()
  const analyzer = new Analyzer()
  const workspaceOf = (user: string): Workspace => {
    const known = workspaces.get(user) ?? { documents: new Map(), analyses: [] }
    workspaces.set(user, known)
    return known
  }
  const textOf = async (request: Request, response: Response): Promise<string | undefined> => {
    const document = workspaceOf(userOf(response)).documents.get(String(request.params.id))
    const body = document && (await store.get(document.key))
    return body?.toString('utf8')
  }

  router.post('/documents', raw({ type: () => true, limit: '64kb' }), async (request, response) => {
    using _timer = new UserActionTimer('document_upload')
    const user = userOf(response)
    const body: Buffer = request.body
    const contentType = request.headers['content-type'] ?? 'application/octet-stream'
    const id = randomUUID()
    const key = `${user}/uploads/${id}-${String(request.headers['x-file-name'])}`
    try {
      await store.put(key, body, contentType)
    } catch (error) {
      trackError('file_upload_failed')
      throw error
    }
    trackFileUpload({ sizeBytes: body.length, contentType })
    const { documents } = workspaceOf(user)
    documents.set(id, { key, contentType, size: body.length })
    updateWorkspaceSize(
      user,
      [...documents.values()].reduce((sum, { size }) => sum + size, 0),
    )
    response.status(201).json({ id })
  })

  router.get('/documents/:id', async (request, response) => {
    const text = await textOf(request, response)
    if (text === undefined) response.sendStatus(404)
    else response.type('text/plain').send(text)
  })

  router.post('/documents/:id/analysis', json(), async (request, response) => {
    trackUserAction('run_analysis')
    const text = await textOf(request, response)
    if (text === undefined) {
      response.sendStatus(404)
      return
    }
    const kind: unknown = request.body?.kind
    if (kind !== 'threat_model' && kind !== 'data_flow') throw new InvalidRequestError('no such analysis')
    const analysis = kind === 'threat_model' ? analyzer.analyzeThreats(text) : await analyzer.analyzeDataFlow(text)
    if (kind === 'data_flow') await llm.analyzeDiagram({ diagram: text })
    workspaceOf(userOf(response)).analyses.push(analysis)
    response.json(analysis)
  })

  router.post('/reports', async (_request, response) => {
    const user = userOf(response)
    await withUserAction('export_report', async () => {
      const lines = [...analyzer.report(workspaceOf(user).analyses)]
      await store.put(`${user}/generated/${randomUUID()}.md`, Buffer.from(lines.join('\n')), 'text/markdown')
      response.status(201).json({ lines: lines.length })
    })
  })

  router.delete('/', async (_request, response) => {
    const user = userOf(response)
    await store.removeAll(user)
    workspaces.delete(user)
    deleteWorkspace(user)
    response.sendStatus(204)
  })
  return router
}
